#include <rowan/engine/guard/kept.hpp>
#include <rowan/http/cookie.hpp>

namespace rowan::engine {

std::optional<sessions::Kept> kept_in(const Core& core, std::string_view cookie_header, const Realm& realm,
                                      Timestamp now) {
  const auto* subject = core.find_subject(realm.subject);
  if (subject == nullptr || !subject->remembers) return std::nullopt;
  const auto cookie = http::find_cookie(cookie_header, core.remember_cookie);
  if (!cookie.value) return std::nullopt;
  const auto remembered = sessions::open_remembered(core.remember_seal, *cookie.value, now);
  if (!remembered) return std::nullopt;
  const auto* kept = remembered->find(realm.subject);
  if (kept == nullptr || kept->realm != realm || kept->until <= now) return std::nullopt;
  return *kept;
}

}  // namespace rowan::engine
