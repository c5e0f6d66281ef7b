#include <rowan/base/try.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/strategies/totp/owner.hpp>

namespace rowan::strategies::totp {

Result<ShownByOwner> confirm_owner(const PhaseContext& context, const TotpOptions& options) {
  if (!context.claims || context.inputs.text("code").empty()) {
    ROWAN_CHECK(rowan::confirm_owner(context, options.recent));
    return ShownByOwner{};
  }
  // A code beside a fresh sign-in are two factors, without the password once more.
  const auto& claims = *context.claims;
  const bool is_fresh = context.services.clock().now() - claims.authenticated_at() <= options.recent;
  if (!is_fresh || !context.inputs.text("current_password").empty())
    ROWAN_CHECK(confirm_identity(context, options.recent));
  auto right = look_at_code(context, options, claims.id());
  if (!right && right.error().code == ErrorCode::authentication_failed) return wrong_field("code", "wrong");
  if (!right) return std::move(right).error();
  return ShownByOwner{.code = *std::move(right)};
}

}  // namespace rowan::strategies::totp
