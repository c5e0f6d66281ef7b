#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/recovery_code/actions.hpp>
#include <rowan/strategies/recovery_code/queries.hpp>

namespace rowan::strategies::recovery_code {

Result<Presented> generate(const PhaseContext& context, const RecoveryCodeOptions& options) {
  if (!context.claims) return wrong_credential("not signed in");
  const auto account = context.claims->id();
  // Without a second factor nothing asks for a code. Whatever removes the last one ends this session as well, and so
  // makes another generation than the one that is looked at below.
  ROWAN_TRY(const auto factors, factors_of(context, account));
  if (!has_second_factor(factors)) return wrong_field("second_factor", "required");
  ROWAN_CHECK(confirm_owner(context, options.recent));
  ROWAN_TRY(
      auto codes,
      context.services.database().transact([&](Transaction& transaction) -> Result<std::vector<std::string>> {
        ROWAN_TRY(const auto locked, accounts::lock(transaction, account));
        if (!locked || !locked->usable()) return wrong_credential("the account is gone");
        if (locked->generation != context.claims->numbers().account_generation)
          return wrong_credential("the account's credentials changed meanwhile");
        ROWAN_TRY(auto made, replace(transaction, context.services, account, options));
        ROWAN_CHECK(put_undo_notice(transaction, context, "recovery_code/generated", locked->user,
                                    {.strategy = options.name,
                                     .what = std::string(sentence("New recovery codes were made for your account.")),
                                     .data = {{"made_at", to_microseconds(context.services.clock().now())}}}));
        ROWAN_CHECK(tell_done(transaction, context));
        return made;
      }));
  return Presented{.view = "recovery_code/codes.html", .fields = {{"codes", std::move(codes)}}};
}

Result<> undo(Transaction& transaction, AccountId account, const Json& data) {
  const auto made_at = data.find("made_at");
  ROWAN_CHECK(transaction.execute(
      sql::forget_made, {{"account", account}, {"made_at", made_at ? made_at->as_integer().value_or(0) : 0}}));
  return {};
}

Result<SignedIn> verify(const PhaseContext& context, const RecoveryCodeOptions& options) {
  const auto account = context.account();
  if (account.is_nil()) return wrong_credential("not signed in");
  ROWAN_TRY(auto right, look_at_code(context, options, account));
  const bool renews = !context.pending;
  const auto generation = context.generation();
  auto guess = right.guess;
  return SignedIn{
      .method = options.name,
      .apply = [context, account, generation, right = std::move(right)](Transaction& transaction) -> Result<Applied> {
        // The account first, as where codes are made: one order of locks.
        ROWAN_TRY(const auto locked, accounts::lock(transaction, account));
        if (!locked) return wrong_credential("the account is gone");
        ROWAN_TRY(const auto left, use_code(transaction, context.services, account, right));
        const auto number = std::to_string(left);
        ROWAN_CHECK(put_notice(transaction, context, "recovery_code/used", locked->user,
                               {{"left", number}, {"few", left <= few ? number : std::string()}}));
        return Applied{.account = account, .generation = generation};
      },
      .second_factor_done = true,
      .renews = renews,
      .guess = std::move(guess)};
}

Result<Json> look_at_codes(const PhaseContext& context) {
  if (!context.claims) return wrong_credential("not signed in");
  const auto account = context.claims->id();
  ROWAN_TRY(const auto factors, factors_of(context, account));
  // Codes without a second factor beside them are of no use, and void with the next one that is set up.
  if (!has_second_factor(factors)) return Json({{"useless", true}});
  ROWAN_TRY(const auto codes,
            context.services.database().read([&](SqlConnection& connection) { return codes_of(connection, account); }));
  const auto moment = [&](const std::optional<Timestamp>& time) {
    return time ? context.services.pages().moment(*time, context.visitor.language) : std::string();
  };
  return Json({{"can_make", true},
               {"none", codes.made == 0},
               {"made", codes.made == 0 ? std::string() : std::to_string(codes.made)},
               {"left", std::to_string(codes.left)},
               {"few", codes.made > 0 && codes.left <= few},
               {"created_at", moment(codes.created_at)},
               {"used_at", moment(codes.used_at)}});
}

}  // namespace rowan::strategies::recovery_code
