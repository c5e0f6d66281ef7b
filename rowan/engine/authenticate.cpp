// The guard: no I/O, no allocation, no lock (DESIGN 5.2).
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/http/cookie.hpp>

namespace rowan {

namespace {

using Why = GuardRefused::Why;
using engine::Core;

GuardVerdict judge(const Core& core, const Claims& claims) {
  switch (core.revocation.state(claims.numbers, core.options.session.revocation_bound)) {
    case tokens::Revocation::State::dead: return GuardRefused{Why::revoked};
    case tokens::Revocation::State::unknown: return GuardUndecided{};
    case tokens::Revocation::State::alive: break;
  }
  return GuardAccepted{.claims = claims, .set_cookie = {}};
}

std::chrono::microseconds reseal_after(const Core& core) {
  return std::min<std::chrono::microseconds>(core.options.session.idle / 10, std::chrono::minutes(5));
}

GuardVerdict by_session(const Core& core, std::string_view cookie_header, std::string_view subject) {
  const auto cookie = http::find_cookie(cookie_header, core.session_cookie);
  if (!cookie.value) return GuardRefused{cookie.repeated ? Why::malformed : Why::missing};
  const auto now = core.clock.now();
  auto session = sessions::open_session(core.session_seal, *cookie.value, now);
  if (!session) return GuardRefused{Why::malformed};
  const auto* claims = session->find(subject);
  if (claims == nullptr) return GuardRefused{Why::missing};
  if (claims->expires_at <= now) return GuardRefused{Why::expired};
  if (session->seen + core.options.session.idle <= now) return GuardRefused{Why::idle};
  auto verdict = judge(core, *claims);
  if (auto* accepted = std::get_if<GuardAccepted>(&verdict);
      accepted != nullptr && now - session->seen > reseal_after(core)) {
    session->seen = now;
    if (const auto sealed = sessions::seal_session(core.session_seal, *session))
      accepted->set_cookie =
          http::set_cookie(core.session_cookie, *sealed,
                           {.max_age = std::chrono::ceil<std::chrono::seconds>(accepted->claims.expires_at - now),
                            .secure = core.session_cookie.starts_with("__Host-")});
  }
  return verdict;
}

GuardVerdict by_bearer(const Core& core, std::string_view authorization, std::string_view subject) {
  static constexpr std::string_view scheme = "Bearer ";
  if (authorization.empty()) return GuardRefused{Why::missing};
  if (authorization.size() <= scheme.size() ||
      !http::equal_without_case(authorization.substr(0, scheme.size()), scheme))
    return GuardRefused{Why::malformed};
  const auto claims = core.bearers.verify(authorization.substr(scheme.size()), core.clock.now());
  if (!claims) return GuardRefused{Why::malformed};
  if (claims->subject() != subject) return GuardRefused{Why::wrong_purpose};
  return judge(core, *claims);
}

}  // namespace

GuardVerdict Auth::authenticate(const http::RequestView& request, GuardKind kind, std::string_view subject) const {
  switch (kind) {
    case GuardKind::session: return by_session(*core_, request.cookie, subject);
    case GuardKind::bearer: return by_bearer(*core_, request.authorization, subject);
    case GuardKind::session_or_bearer: break;
  }
  if (!request.authorization.empty()) return by_bearer(*core_, request.authorization, subject);
  return by_session(*core_, request.cookie, subject);
}

Result<GuardVerdict> Auth::decide(const http::RequestView& request, GuardKind kind, std::string_view subject) const {
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto verdict = authenticate(request, kind, subject);
    if (!std::holds_alternative<GuardUndecided>(verdict)) return verdict;
    ROWAN_CHECK(core_->revocation.catch_up(std::chrono::milliseconds(500)));
  }
  return Error{
      .code = ErrorCode::unavailable, .reason = "revocations are stale", .retry_after = std::chrono::seconds(1)};
}

}  // namespace rowan
