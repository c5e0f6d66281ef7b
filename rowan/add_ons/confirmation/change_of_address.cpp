#include <rowan/accounts/accounts.hpp>
#include <rowan/add_ons/confirmation/actions.hpp>
#include <rowan/add_ons/confirmation/change_of_address.hpp>
#include <rowan/add_ons/confirmation/purposes.hpp>
#include <rowan/add_ons/confirmation/where.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/told.hpp>
#include <rowan/tokens/codes.hpp>

namespace rowan::add_ons::confirmation {

namespace {

Result<> tell(Transaction& transaction, const PhaseContext& context, std::string name, const std::string& to,
              const User& user, const std::string& link, std::optional<Timestamp> expires, Timestamp until,
              const Json& more = Json({}), std::vector<OtherLetter> instead = {}) {
  const auto language = letter_language(context, &user);
  return put_letter(transaction, context,
                    {.name = std::move(name),
                     .to = to,
                     .language = language,
                     .data = joined(who_asked(context, language, link, expires), more),
                     .instead = std::move(instead)},
                    until);
}

}  // namespace

Result<Accepted> ask_for_change(const PhaseContext& context, const ConfirmationOptions& options) {
  const auto& services = context.services;
  if (!context.claims) return wrong_credential("not signed in");
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  ROWAN_CHECK(confirm_identity(context, options.recent));
  const auto until = services.clock().now() + options.lifetime;
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto account, accounts::lock(transaction, context.claims->id()));
    if (!account || !account->usable()) return wrong_credential("the account is gone");
    if (account->generation != context.claims->numbers().account_generation)
      return wrong_credential("the account's credentials changed meanwhile");
    ROWAN_TRY(const auto other, accounts::find_by_email(transaction.connection(), context.realm, email.key()));
    const bool taken = other && other->user.id != account->user.id;
    auto link = link_for(context, of_change, email.key(), options.lifetime);
    link.account = account->user.id;
    link.generation = account->generation;
    link.data = {{"email", email.shown()}};
    ROWAN_TRY(const auto token, services.links().issue(transaction, link));
    const OtherLetter change{.name = "confirmation/change", .link = context.token_url(page, token)};
    const OtherLetter is_taken{.name = "confirmation/change_taken", .link = context.page_url(PageName::reset)};
    ROWAN_CHECK(taken ? tell(transaction, context, is_taken.name, other->user.email, other->user, is_taken.link,
                             std::nullopt, until, Json({}), {change, is_taken})
                      : tell(transaction, context, change.name, email.shown(), account->user, change.link, until, until,
                             Json({}), {change, is_taken}));
    if (!account->user.email.empty())
      ROWAN_CHECK(tell(transaction, context, "confirmation/change_asked", account->user.email, account->user,
                       context.page_url(PageName::reset), std::nullopt, until, {{"new_email", email.shown()}}));
    return tell_done(transaction, context);
  }));
  return Accepted{.words = {},
                  .view = "confirmation/change_requested.html",
                  .fields = {{"values", {{"email", email.shown()}}},
                             {"lifetime", services.pages().duration(options.lifetime, context.visitor.language)}},
                  .flow = {}};
}

Result<SignedIn> carry_out(const PhaseContext& context, std::string token, const tokens::Link& link,
                           const ConfirmationOptions& options) {
  // The reader of the new mailbox proves the address, and nothing else. A mistyped address must not give the account
  // away, and a stranger must not be led into the account of another person.
  if (!is_signed_in_as(context, link.account))
    return wrong_credential("a change of address is confirmed where its account is signed in");
  ROWAN_TRY(const auto email, EmailAddress::parse(text_of(link.data, "email")));
  return SignedIn{
      .method = options.name,
      .apply = [context, token = std::move(token), email, options](Transaction& transaction) -> Result<Applied> {
        const auto& services = context.services;
        const auto now = services.clock().now();
        ROWAN_TRY(const auto used, services.links().consume(transaction, token, of_change, context.realm));
        if (!used) return wrong_credential("change of address used meanwhile");
        ROWAN_TRY(const auto account, accounts::lock(transaction, used->account));
        if (!account || account->generation != used->generation)
          return wrong_credential("the account changed meanwhile");
        ROWAN_TRY(const bool changed, accounts::change_email(transaction, *account, email, now));
        if (!changed) return wrong_field("email", "taken");
        // What was mailed to the old address is void (REC-02).
        ROWAN_CHECK(services.links().end_all_of(transaction, account->user.id));
        ROWAN_CHECK(tokens::end_codes_of(transaction, account->user.id, now));
        ROWAN_CHECK(tell(transaction, context, "confirmation/changed", email.shown(), account->user, context.home_url(),
                         std::nullopt, now + std::chrono::days(2)));
        // An address that was never proven may be a stranger's: it gets no way into the account.
        if (!account->user.email.empty() && account->user.confirmed_at &&
            options.revert_lifetime > std::chrono::seconds(0)) {
          ROWAN_TRY(const auto old, EmailAddress::parse(account->user.email));
          // One key for all of an account: see take_back.
          auto revert = link_for(context, of_revert, key_of_reverts(account->user.id), options.revert_lifetime);
          revert.data = {{"account", account->user.id.text()}, {"email", old.shown()}, {"new_email", email.shown()}};
          ROWAN_TRY(const auto revert_token, services.links().issue(transaction, revert));
          const auto until = now + options.revert_lifetime;
          ROWAN_CHECK(tell(transaction, context, "confirmation/revert", old.shown(), account->user,
                           context.token_url(page, revert_token), until, until, {{"new_email", email.shown()}}));
        }
        return Applied{.account = account->user.id,
                       .generation = account->generation,
                       .proven_address = email.key(),
                       .credential_checked = false};  // of the mailbox, which says nothing new about who is signed in
      },
      .renews = true};
}

Result<SignedIn> take_back(const PhaseContext& context, std::string token, const tokens::Link& link,
                           const ConfirmationOptions& options) {
  ROWAN_TRY(const auto email, EmailAddress::parse(text_of(link.data, "email")));
  const auto id = AccountId::parse(text_of(link.data, "account"));
  if (!id) return wrong_credential("a revert link without its account");
  return SignedIn{
      .method = options.name,
      .apply = [context, token = std::move(token), email, id = *id,
                changed_at = link.created_at](Transaction& transaction) -> Result<Applied> {
        const auto& services = context.services;
        // The links of later changes end, because another person may have made those. Earlier ones are the owner's.
        ROWAN_TRY(const auto used,
                  services.links().consume(transaction, token, of_revert, context.realm, tokens::Siblings::newer));
        if (!used) return wrong_credential("revert link used meanwhile");
        ROWAN_TRY(const auto account, accounts::lock(transaction, id));
        if (!account) return wrong_credential("the account is gone");
        const auto now = services.clock().now();
        // The freed address may have been registered meanwhile. Without proof, this link proves it; with proof, it was
        // the reader of this mailbox who registered, and who now wants the older account back.
        ROWAN_CHECK(accounts::free_unproven(transaction, *account, email, changed_at));
        ROWAN_TRY(const bool changed, accounts::change_email(transaction, *account, email, now));
        if (!changed) return wrong_field("email", "taken");
        if (!account->user.email.empty())
          ROWAN_CHECK(tell(transaction, context, "confirmation/reverted", account->user.email, account->user,
                           context.page_url(PageName::reset), std::nullopt, now + std::chrono::days(2)));
        // The person who changed the address knew the password, so it is dropped and every session ends.
        return Applied{
            .account = id, .generation = account->generation, .proven_address = email.key(), .taken_over = true};
      },
      .grants_session = is_recent(context, link)};
}

}  // namespace rowan::add_ons::confirmation
