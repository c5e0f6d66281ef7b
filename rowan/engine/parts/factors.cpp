#include <rowan/base/try.hpp>
#include <rowan/engine/parts/assurance.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/letters.hpp>

namespace rowan {

Result<std::vector<Factor>> factors_of(const PhaseContext& context, SqlConnection& connection, AccountId account) {
  std::vector<Factor> all;
  for (const auto& strategy : context.strategies) {
    if (!strategy.hooks.factors) continue;
    ROWAN_TRY(auto some, strategy.hooks.factors(connection, context.services, account));
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

Result<std::vector<Factor>> factors_of(const PhaseContext& context, AccountId account) {
  return context.services.database().read(
      [&](SqlConnection& connection) { return factors_of(context, connection, account); });
}

bool has_second_factor(const std::vector<Factor>& factors) {
  return std::ranges::find(factors, Factor::Use::second, &Factor::use) != factors.end();
}

Result<> confirm_owner(const PhaseContext& context, std::chrono::seconds recent) {
  if (context.pending && context.pending->enrols) return {};
  if (!context.claims) return wrong_credential("not signed in");
  // Typed although it may not be needed: a wrong one is said to be wrong.
  const bool is_typed = !context.inputs.text("current_password").empty();
  ROWAN_TRY(const auto factors, factors_of(context, context.claims->id()));
  const bool has_second = has_second_factor(factors);
  if (is_typed || !has_second) ROWAN_CHECK(confirm_identity(context, recent));
  if (!has_second) return {};
  const auto& shown = context.claims->methods();
  Assurance needed{.second_factor = true, .within = recent};
  // An account whose only factors are of one kind shows as much as it can.
  if (engine::factors_to_step_up(factors, shown, needed).empty()) needed.second_factor = false;
  if (is_enough(shown, needed, context.services.clock().now())) return {};
  return Error{.code = ErrorCode::insufficient_user_authentication,
               .reason = "the second factor of this session is missing or too old",
               .needs = needed};
}

}  // namespace rowan
