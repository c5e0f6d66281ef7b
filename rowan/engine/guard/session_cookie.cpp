#include <algorithm>
#include <rowan/engine/guard/session_cookie.hpp>
#include <rowan/http/cookie.hpp>

namespace rowan::engine {

std::string session_cookie(const Core& core, const sessions::Session& session) {
  auto until = session.seen;
  for (std::size_t i = 0; i < session.count; ++i) until = std::max(until, session.claims[i].expires_at);
  return http::set_cookie(core.session_cookie, sessions::seal_session(core.session_seal, session),
                          {.max_age = std::chrono::ceil<std::chrono::seconds>(until - session.seen),
                           .secure = core.session_cookie.starts_with("__Host-")});
}

std::optional<sessions::Session> open_live_session(const Core& core, std::string_view cookie_header, Timestamp now) {
  const auto cookie = http::find_cookie(cookie_header, core.session_cookie);
  if (!cookie.value) return std::nullopt;
  auto session = sessions::open_session(core.session_seal, *cookie.value);
  if (!session || session->seen + core.options.session.idle <= now) return std::nullopt;
  const auto bound = core.options.session.revocation_bound;
  for (std::size_t i = session->count; i > 0; --i) {
    const auto claims = session->claims[i - 1];
    if (claims.expires_at <= now || core.revocation.state(claims.numbers, bound) == tokens::Revocation::State::dead)
      session->remove(claims.realm.subject);
  }
  return session;
}

}  // namespace rowan::engine
