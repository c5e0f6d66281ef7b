#include <rowan/base/try.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>

namespace rowan {

Result<> confirm_identity(const PhaseContext& context, std::chrono::seconds recent) {
  if (!context.claims) return wrong_credential("not signed in");
  bool has_secret = false;
  for (const auto& strategy : context.strategies) {
    if (!strategy.check_secret) continue;
    ROWAN_TRY(const auto right,
              strategy.check_secret(context, context.claims->id(), context.inputs.text("current_password")));
    if (right && *right) return {};
    has_secret = has_secret || right;
  }
  if (has_secret) return wrong_field("current_password", "wrong");
  if (context.services.clock().now() - context.claims->authenticated_at() > recent)
    return wrong_credential("the session is too old for this");
  return {};
}

}  // namespace rowan
