#include <rowan/base/try.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/strategies/totp/owner.hpp>
#include <rowan/strategies/totp/queries.hpp>

namespace rowan::strategies::totp {

namespace {

struct Factors {
  bool any = false, ours = false;
};

// Of every strategy: an account with a passkey asks for it before an authenticator is added.
Result<Factors> factors_of(const PhaseContext& context, AccountId account) {
  return context.services.database().transact([&](Transaction& transaction) -> Result<Factors> {
    Factors factors;
    ROWAN_TRY(const auto row, transaction.first(sql::any, {{"account", account}}));
    factors.any = factors.ours = row.has_value();
    for (const auto& strategy : context.strategies) {
      if (factors.any || !strategy.hooks.second_factors) continue;
      ROWAN_TRY(const auto some, strategy.hooks.second_factors(transaction, context.services, account));
      factors.any = !some.empty();
    }
    return factors;
  });
}

}  // namespace

Result<ShownByOwner> confirm_owner(const PhaseContext& context, const TotpOptions& options) {
  if (!context.claims) return wrong_credential("not signed in");
  const auto& claims = *context.claims;
  const bool is_fresh = context.services.clock().now() - claims.authenticated_at() <= options.recent;
  const bool has_password = !context.inputs.text("current_password").empty();
  const bool has_code = !context.inputs.text("code").empty();
  ROWAN_TRY(const auto factors, factors_of(context, claims.id()));
  // A code beside a fresh sign-in are two factors, without the password once more.
  if (has_password || !has_code || !is_fresh || !factors.ours) ROWAN_CHECK(confirm_identity(context, options.recent));
  if (!factors.any) return ShownByOwner{};
  if (has_code && factors.ours) {
    auto right = look_at_code(context, options, claims.id());
    if (!right && right.error().code == ErrorCode::authentication_failed) return wrong_field("code", "wrong");
    if (!right) return std::move(right).error();
    return ShownByOwner{.code = *std::move(right)};
  }
  if (is_fresh && claims.methods().size() >= 2) return ShownByOwner{};
  if (factors.ours) return wrong_field("code", "required");
  return wrong_credential("the second factor of this session is missing or too old");
}

Result<> put_notice(Transaction& transaction, const PhaseContext& context, const std::string& letter,
                    const User& owner) {
  if (owner.email.empty()) return {};
  const auto language = letter_language(context, &owner);
  return put_letter(transaction, context,
                    {.name = letter,
                     .to = owner.email,
                     .language = language,
                     .data = who_asked(context, language, context.page_url(PageName::reset))},
                    context.services.clock().now() + std::chrono::days(2));
}

}  // namespace rowan::strategies::totp
