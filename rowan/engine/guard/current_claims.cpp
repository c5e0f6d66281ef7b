#include <rowan/base/try.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/guard/guard_key.hpp>

namespace rowan::engine {

using State = tokens::Revocation::State;

Result<State> settled_state(Core& core, const TokenNumbers& numbers) {
  ROWAN_TRY(const auto state, core.revocation.settle(numbers, core.options.session.revocation_bound, longest_settling));
  if (state != State::unknown) return state;
  return Error{
      .code = ErrorCode::unavailable, .reason = "revocations are stale", .retry_after = std::chrono::seconds(1)};
}

Result<std::optional<VerifiedClaims>> current_claims(Core& core, const Claims& claims, const Realm& realm) {
  if (claims.realm != realm) return std::nullopt;
  if (claims.expires_at <= core.clock.now()) return std::nullopt;
  auto state = core.revocation.state(claims.numbers, core.options.session.revocation_bound);
  if (state == State::unknown || state == State::not_issued) {
    ROWAN_TRY(state, settled_state(core, claims.numbers));
  }
  if (state != State::alive || (claims.signing_key != 0 && core.revocation.is_dead(claims.signing_key)))
    return std::nullopt;
  return VerifiedClaims(GuardKey{}, claims);
}

}  // namespace rowan::engine
