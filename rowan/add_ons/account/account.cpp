#include <rowan/accounts/accounts.hpp>
#include <rowan/add_ons/account/account.hpp>
#include <rowan/add_ons/account/options.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/letters.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;

// The notice to who had the account, in the transaction that closes it (THR-11).
Result<> put_notice(Transaction& transaction, const PhaseContext& context, const User& user) {
  if (user.email.empty()) return {};
  const auto language = letter_language(context, &user);
  return put_letter(transaction, context,
                    {.name = "account/closed",
                     .to = user.email,
                     .language = language,
                     .data = who_asked(context, language, context.home_url())},
                    context.services.clock().now() + std::chrono::days(2));
}

Result<Accepted> close(const PhaseContext& context, const AccountOptions& options) {
  ROWAN_CHECK(confirm_identity(context, options.recent));
  ROWAN_CHECK(
      context.services.close_account(context.claims->id(), [&](Transaction& transaction, const User& user) -> Result<> {
        // Under the row lock: credentials that were changed or taken over meanwhile are not those that were shown.
        ROWAN_TRY(const auto locked, accounts::find(transaction.connection(), user.id));
        if (!locked || locked->generation != context.claims->numbers().account_generation)
          return wrong_credential("the account's credentials changed meanwhile");
        return put_notice(transaction, context, user);
      }));
  return Accepted{.words = {}, .view = "account/closed.html", .fields = Json({}), .flow = {}, .ends_session = true};
}

Phase close_phase(const std::shared_ptr<const AccountOptions>& options) {
  return {.name = "close",
          .path = "",
          .methods = {http::Method::delete_, http::Method::post},
          .cost = Cost::hash,
          .inputs = {current_password_input()},
          .limits = {{.name = "close/account", .per = RateLimit::Per::account, .max = 10, .window = 5min}},
          .who = Who::session,
          .description = "Closes the account for good: its address is free again, every session ends",
          .run = running(options, close)};
}

}  // namespace

AddOn account(AccountOptions given) {
  const auto options = std::make_shared<const AccountOptions>(given);
  Strategy part{.name = "account"};
  part.phases = {close_phase(options)};
  part.panels = {
      {.place = Panel::Place::account, .order = 90, .template_name = "account/close.html", .phase = "close"}};
  part.letters = {{.name = "account/closed",
                   .sentence = "The account was closed.",
                   .fields = {letter::link_home()},
                   .is_notice = true}};
  part.options = {.options = add_ons::account::options(), .values = *options};
  return {.name = "account", .parts = {std::move(part)}};
}

}  // namespace rowan
