#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/totp/actions.hpp>
#include <rowan/strategies/totp/queries.hpp>

namespace rowan::strategies::totp {

namespace {

std::string shown_label(const PhaseContext& context, const Authenticator& authenticator) {
  if (!authenticator.label.empty()) return authenticator.label;
  return context.services.pages().text(sentence("Authenticator app"), context.visitor.language);
}

Result<std::vector<Authenticator>> authenticators_here(const PhaseContext& context) {
  return context.services.database().read(
      [&](SqlConnection& connection) { return authenticators_of(connection, context.account()); });
}

}  // namespace

Result<SignedIn> verify(const PhaseContext& context, const TotpOptions& options) {
  const auto account = context.account();
  if (account.is_nil()) return wrong_credential("not signed in");
  ROWAN_TRY(auto right, look_at_code(context, options, account));
  const bool renews = !context.pending;
  const auto generation = context.generation();
  auto guess = std::move(right.guess);
  return SignedIn{.method = options.name,
                  .apply = [&services = context.services, account, generation,
                            right = std::move(right)](Transaction& transaction) -> Result<Applied> {
                    // The account first, as where authenticators change: one order of locks.
                    ROWAN_TRY(const auto locked, accounts::lock(transaction, account));
                    if (!locked) return wrong_credential("the account is gone");
                    ROWAN_CHECK(use_code(transaction, services, account, right));
                    return Applied{.account = account, .generation = generation};
                  },
                  .second_factor_done = true,
                  .renews = renews,
                  .guess = std::move(guess)};
}

Result<std::vector<Factor>> factors(SqlConnection& connection, AccountId account, const std::string& name) {
  ROWAN_TRY(const auto authenticators, authenticators_of(connection, account));
  std::vector<Factor> all;
  for (const auto& one : authenticators)
    all.push_back({.strategy = name,
                   .id = one.id,
                   .label = one.label,
                   .proves = shown_by_code,
                   .created_at = one.created_at,
                   .last_used_at = one.used_at});
  return all;
}

Result<SignedIn> remove(const PhaseContext& context, const TotpOptions& options) {
  ROWAN_TRY(auto owner, confirm_owner(context, options));
  const auto account = context.claims->id();
  ROWAN_TRY(const auto authenticators, authenticators_here(context));
  std::string which(context.inputs.text("authenticator"));
  if (which.empty() && owner.code) which = owner.code->id;
  if (which.empty() && authenticators.size() == 1) which = authenticators.front().id;
  if (which.empty()) return wrong_field("authenticator", "required");
  const auto found = std::ranges::find(authenticators, which, &Authenticator::id);
  if (found == authenticators.end()) return wrong_field("authenticator", "invalid");
  auto guess = owner.code ? std::move(owner.code->guess) : Guess{};
  return SignedIn{
      .method = options.name,
      .apply = [context, account, which = std::move(which), name = options.name, removed_row = row_of_removed(*found),
                code = std::move(owner.code)](Transaction& transaction) -> Result<Applied> {
        const auto& services = context.services;
        ROWAN_TRY(const auto locked, accounts::lock(transaction, account));
        if (!locked) return wrong_credential("the account is gone");
        if (code) ROWAN_CHECK(use_code(transaction, services, account, *code));
        ROWAN_TRY(const auto removed, transaction.execute(sql::remove, {{"id", which}, {"account", account}}));
        if (removed != 1) return wrong_field("authenticator", "invalid");
        ROWAN_CHECK(
            put_undo_notice(transaction, context, "totp/removed", locked->user,
                            {.strategy = name,
                             .what = std::string(sentence("An authenticator app was removed from your account.")),
                             .data = {{"removed", removed_row}}}));
        return Applied{
            .account = account, .generation = context.claims->numbers().account_generation, .end_other_sessions = true};
      },
      .renews = true,
      .guess = std::move(guess)};
}

Json look_at_account(const PhaseContext& context, const TotpOptions& options) {
  if (context.account().is_nil()) return Json({});
  const auto authenticators = authenticators_here(context);
  if (!authenticators) return Json({});  // the forms say so when they are sent
  const auto& pages = context.services.pages();
  std::vector<Json> all;
  for (const auto& one : *authenticators)
    all.push_back({{"id", one.id},
                   {"label", shown_label(context, one)},
                   {"created_at", pages.moment(one.created_at, context.visitor.language)},
                   {"only", authenticators->size() == 1},
                   {"used_at", one.used_at ? pages.moment(*one.used_at, context.visitor.language) : std::string()}});
  return {{"authenticators", all},
          // With one the page of second factors is asked first; a sign-in that enrols has just begun.
          {"asks_password", all.empty() && !context.pending},
          {"none", all.empty()},
          {"can_add", std::ssize(all) < options.authenticators}};
}

}  // namespace rowan::strategies::totp
