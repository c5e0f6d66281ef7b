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

}  // namespace rowan::engine
