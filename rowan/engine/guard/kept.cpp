#include <rowan/engine/guard/kept.hpp>
#include <rowan/http/cookie.hpp>

namespace rowan::engine {

std::optional<sessions::Kept> kept_for(const Core& core, std::string_view cookie_header, const Subject& subject,
                                       Timestamp now) {
  if (!subject.remembers()) return std::nullopt;
  const auto cookie = http::find_cookie(cookie_header, subject.remember_cookie);
  if (!cookie.value) return std::nullopt;
  auto kept = sessions::open_kept(core.remember_seal, *cookie.value, now);
  // The same seal closes all of them: one under another's name is no better than a forged one.
  if (kept && kept->realm.subject != subject.name) kept.reset();
  return kept;
}

std::optional<sessions::Kept> kept_in(const Core& core, std::string_view cookie_header, const Realm& realm,
                                      Timestamp now) {
  const auto* subject = core.find_subject(realm.subject);
  if (subject == nullptr) return std::nullopt;
  auto kept = kept_for(core, cookie_header, *subject, now);
  if (kept && (kept->realm != realm || kept->until <= now)) kept.reset();
  return kept;
}

}  // namespace rowan::engine
