#include <rowan/base/try.hpp>
#include <rowan/engine/current_claims.hpp>
#include <rowan/engine/guard_key.hpp>

namespace rowan::engine {

Result<std::optional<VerifiedClaims>> current_claims(Core& core, const Claims& claims, const Realm& realm) {
  using State = tokens::Revocation::State;
  if (claims.realm != realm) return std::nullopt;
  if (claims.expires_at <= core.clock.now()) return std::nullopt;
  const auto bound = core.options.session.revocation_bound;
  auto state = core.revocation.state(claims.numbers, bound);
  if (state == State::unknown || state == State::not_issued) {
    ROWAN_TRY(state, core.revocation.settle(claims.numbers, bound, std::chrono::milliseconds(500)));
  }
  switch (state) {
    case State::alive: return VerifiedClaims(GuardKey{}, claims);
    case State::dead:
    case State::not_issued: return std::nullopt;
    case State::unknown: break;
  }
  return Error{
      .code = ErrorCode::unavailable, .reason = "revocations are stale", .retry_after = std::chrono::seconds(1)};
}

}  // namespace rowan::engine
