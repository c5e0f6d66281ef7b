#include <rowan/accounts/accounts.hpp>
#include <rowan/add_ons/confirmation/actions.hpp>
#include <rowan/add_ons/confirmation/change_of_address.hpp>
#include <rowan/add_ons/confirmation/purposes.hpp>
#include <rowan/add_ons/confirmation/where.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/addressee.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/new_account.hpp>
#include <rowan/engine/parts/phase_parts.hpp>

namespace rowan::add_ons::confirmation {

namespace {

struct Found {
  Purpose purpose;
  tokens::Link link{};
};

Result<std::optional<Found>> find(const PhaseContext& context, std::string_view token) {
  return context.services.database().read([&](SqlConnection& connection) -> Result<std::optional<Found>> {
    for (const auto purpose : purposes) {
      ROWAN_TRY(auto link, context.services.links().look(connection, token, purpose, context.realm));
      if (link) return Found{purpose, *std::move(link)};
    }
    return std::nullopt;
  });
}

/// The last registration that this browser, or program, made for an address and that still waits.
struct Held {
  tokens::Link link{};
  std::string flow{};
};
Result<std::optional<Held>> newest_held(const PhaseContext& context, SqlConnection& connection,
                                        const EmailKey& address) {
  std::optional<Held> newest;
  // All are looked up, whatever the first says.
  for (const auto& flow : context.inputs.flows()) {
    ROWAN_TRY(auto link,
              context.services.links().newest_for(connection, address, flow, of_registration, context.realm));
    if (link && (!newest || newest->link.created_at < link->created_at)) newest = Held{*std::move(link), flow};
  }
  return newest;
}

// Strangers and owners share browsers: only the last one to register an address here is the one who confirms it here.
Result<bool> is_registered_here(const PhaseContext& context, const tokens::Link& link) {
  ROWAN_TRY(const auto newest, context.services.database().read([&](SqlConnection& connection) {
    return newest_held(context, connection, link.address_key);
  }));
  return newest && newest->link.flow_hash == link.flow_hash;
}

// What an address gets to which nothing is to be confirmed: no token.
constexpr std::string_view letters_without_token[] = {"confirmation/nothing", "confirmation/taken"};

// One link and one letter, whatever it says.
Result<> mail_link(Transaction& transaction, const Requester& requester, const tokens::NewLink& link, Letter letter,
                   const std::vector<std::string>& letters = {}) {
  const auto& services = requester.services;
  const auto until = services.clock().now() + link.lifetime;
  ROWAN_TRY(const auto token, services.links().issue(transaction, link));
  const auto link_in = [&](std::string_view name) {
    return std::ranges::find(letters_without_token, name) == std::end(letters_without_token)
               ? services.token_url(requester.realm, page, token)
               : services.page_url(requester.realm, PageName::reset);
  };
  for (const auto& name : letters) letter.instead.push_back({.name = name, .link = link_in(name)});
  letter.data = joined(who_asked(requester, letter.language, link_in(letter.name), until), letter.data);
  return put_letter(transaction, requester, letter, until);
}

// Of the account's password, as a field of the page that is opened elsewhere; counted as every guess at it.
Result<bool> shows_the_password(const PhaseContext& context, AccountId account) {
  const auto typed = context.inputs.text("current_password");
  if (typed.empty()) return false;
  for (const auto& strategy : context.strategies) {
    if (!strategy.check_secret) continue;
    ROWAN_TRY(const auto right, strategy.check_secret(context, account, typed));
    if (right && *right) return true;
  }
  return wrong_field("current_password", "wrong");
}

Result<SignedIn> confirm_account(const PhaseContext& context, std::string token, const tokens::Link& link,
                                 const ConfirmationOptions& options) {
  const bool here = is_signed_in_as(context, link.account);
  bool is_registrant = false;
  if (!here) {
    ROWAN_TRY(is_registrant, shows_the_password(context, link.account));
  }
  return SignedIn{
      .method = options.name,
      .apply = [context, token = std::move(token), here, is_registrant](Transaction& transaction) -> Result<Applied> {
        ROWAN_TRY(const auto used, context.services.links().consume(transaction, token, of_account, context.realm));
        if (!used) return wrong_credential("confirmation used meanwhile");
        return Applied{.account = used->account,
                       .generation = used->generation,
                       .proven_address = used->address_key,
                       .is_registrant = is_registrant,
                       .credential_checked = !here};
      },
      .renews = here,
      .grants_session = here || is_registrant || is_recent(context, link)};
}

// Only the browser that registered gets the account with the credentials it chose: a link that is opened elsewhere may
// belong to a registration that a stranger made with this address.
Result<SignedIn> confirm_registration(const PhaseContext& context, std::string token, const tokens::Link& link,
                                      const ConfirmationOptions& options) {
  ROWAN_TRY(const bool here, is_registered_here(context, link));
  const auto by = text_of(link.data, "strategy");
  const Strategy* strategy = nullptr;
  for (const auto& declared : context.strategies)
    if (declared.name == by && declared.adopt) strategy = &declared;
  if (here && strategy == nullptr) return wrong_credential("a registration by a strategy that is no longer declared");
  ROWAN_TRY(const auto email, EmailAddress::parse(text_of(link.data, "email")));
  AccountToMake account{.email = email,
                        .locale = text_of(link.data, "locale"),
                        .proven = true,
                        .use_up = [context, token = std::move(token)](Transaction& transaction) -> Result<> {
                          ROWAN_TRY(const auto used, context.services.links().consume(transaction, token,
                                                                                      of_registration, context.realm));
                          return used ? Result<>() : wrong_credential("confirmation used meanwhile");
                        },
                        .when_taken = wrong_credential("the address was registered meanwhile")};
  if (here) {
    account.extra = link.data.find("extra").value_or(Json({}));
    account.keep = [context, strategy, credentials = link.data.find("credentials").value_or(Json({}))](
                       Transaction& transaction, AccountId id) {
      return strategy->adopt(transaction, context.services, id, credentials);
    };
  }
  ROWAN_TRY(auto signed_in, new_account(context, here ? by : options.name, std::move(account)));
  signed_in.grants_session = here || is_recent(context, link);
  return signed_in;
}

}  // namespace

Result<SignedIn> confirm(const PhaseContext& context, const ConfirmationOptions& options) {
  const std::string token(context.inputs.text("confirm"));
  ROWAN_TRY(const auto found, find(context, token));
  if (!found) return wrong_credential("bad, expired or used confirmation");
  if (found->purpose == of_account) return confirm_account(context, token, found->link, options);
  if (found->purpose == of_registration) return confirm_registration(context, token, found->link, options);
  if (found->purpose == of_change) return carry_out(context, token, found->link, options);
  return take_back(context, token, found->link, options);
}

Result<Accepted> resend(const PhaseContext& context, const ConfirmationOptions& options) {
  const auto& services = context.services;
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  struct Waiting {
    std::optional<accounts::Account> account{};
    std::optional<Held> registration{};
  };
  ROWAN_TRY(const auto waiting, services.database().read([&](SqlConnection& connection) -> Result<Waiting> {
    Waiting both;
    ROWAN_TRY(both.account, accounts::find_by_email(connection, context.realm, email.key()));
    ROWAN_TRY(both.registration, newest_held(context, connection, email.key()));
    return both;
  }));
  const auto& account = waiting.account;
  const bool confirms = account && account->usable() && !account->user.confirmed_at;
  const bool registers = !account && waiting.registration;
  // One link and one letter for every address. The one of an address that nothing waits for is never mailed.
  auto link = link_for(context, registers ? of_registration : of_account, email.key(), options.lifetime);
  if (confirms) {
    link.account = account->user.id;
    link.generation = account->generation;
    link.data = {{"email", account->user.email}};
  } else if (registers) {
    link.data = waiting.registration->link.data;
    link.flow = waiting.registration->flow;
  }
  const auto language = letter_language(context, account ? &account->user : nullptr);
  const auto since = account ? account->user.created_at : services.clock().now();
  const Letter letter{.name = confirms    ? "confirmation/confirm"
                              : registers ? "confirmation/register"
                                          : "confirmation/nothing",
                      .to = account     ? account->user.email
                            : registers ? text_of(link.data, "email")
                                        : email.shown(),
                      .language = language,
                      .data = {{"registered_at", services.pages().moment(since, language)}}};
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) {
    return mail_link(transaction, context, link, letter,
                     {"confirmation/confirm", "confirmation/register", "confirmation/nothing"});
  }));
  return Accepted{.words = {},
                  .view = "confirmation/resent.html",
                  .fields = {{"values", {{"email", email.shown()}}},
                             {"lifetime", services.pages().duration(options.lifetime, context.visitor.language)}},
                  .flow = {}};
}

Result<Json> look(const PhaseContext& context, std::string_view token) {
  ROWAN_TRY(const auto found, find(context, token));
  if (!found) return wrong_credential("bad, expired or used confirmation");
  const auto& [purpose, link] = *found;
  const std::string email = text_of(link.data, "email");
  const bool of_this_session = is_signed_in_as(context, link.account);
  bool here = of_this_session;
  if (purpose == of_registration) {
    ROWAN_TRY(here, is_registered_here(context, link));
  }
  const bool is_shut = purpose == of_change && !of_this_session;  // only its account's session may carry it out
  ROWAN_TRY(const auto takeover, look_at_takeover(context, link));
  const bool takes_over = takeover.find("takes_over").value_or(Json(false)).as_boolean().value_or(false);
  return joined(joined(who_asked(context.services.pages(), context.visitor.language, link), takeover),
                {{"confirm", token},
                 {"here", !is_shut},
                 {"elsewhere", is_shut},
                 {"account_email", email.empty() ? link.address_key.text() : email},
                 {"new_email", text_of(link.data, "new_email")},
                 {"confirms", purpose == of_account && !takes_over},
                 {"confirms_elsewhere", purpose == of_account && takes_over},
                 {"registers", purpose == of_registration},
                 {"without_credentials", purpose == of_registration && !here},
                 {"changes", purpose == of_change},
                 {"reverts", purpose == of_revert},
                 {"then_sign_in", !is_shut && !here && !is_recent(context, link)}});
}

Result<std::string> hold(Transaction& transaction, const PhaseContext& context, const HeldRegistration& registration,
                         const ConfirmationOptions& options) {
  const auto& email = registration.email;
  ROWAN_TRY(const auto owner, accounts::find_by_email(transaction.connection(), context.realm, email.key()));
  auto link = link_for(context, of_registration, email.key(), options.lifetime);
  // A new one each time: two people who register at one browser do not hold each other's registration.
  link.flow = to_base64url(context.services.random().bytes<32>());
  link.data = {{"email", email.shown()},
               {"strategy", registration.strategy},
               {"credentials", registration.credentials},
               {"extra", registration.extra},
               {"locale", context.visitor.language}};
  if (owner) {
    // The same row, which opens nothing: its token is not mailed, and its credentials are dropped.
    link.data = Json({});
    link.purpose = of_account;
  }
  ROWAN_CHECK(mail_link(transaction, context, link,
                        {.name = owner ? "confirmation/taken" : "confirmation/register",
                         .to = owner ? owner->user.email : email.shown(),
                         .language = letter_language(context, owner ? &owner->user : nullptr),
                         .data = Json({})},
                        {"confirmation/register", "confirmation/taken"}));
  return link.flow;
}

Result<> forget(Transaction& transaction, const User& user) {
  static constexpr Sql drop{R"sql(
    DELETE FROM rowan_links
    WHERE address_key = :key AND purpose = :purpose
  )sql"};
  ROWAN_CHECK(transaction.execute(drop, {{"key", key_of_reverts(user.id).text()}, {"purpose", of_revert.view()}}));
  return {};
}

Result<> on_register(Transaction& transaction, const Services& services, const User& user, const AuthEvent& event,
                     const ConfirmationOptions& options) {
  if (user.confirmed_at || user.email.empty()) return {};
  ROWAN_TRY(const auto account, accounts::find(transaction.connection(), user.id));
  if (!account) return Error{.code = ErrorCode::internal, .reason = "the new account is not there"};
  const Visitor visitor{.address = event.from, .user_agent = event.user_agent, .language = event.language};
  const Requester requester(services, event.realm, visitor);
  ROWAN_TRY(const auto email, EmailAddress::parse(user.email));
  const auto language = letter_language(requester, &user);
  auto link = link_for(requester, of_account, email.key(), options.lifetime);
  link.account = user.id;
  link.generation = account->generation;
  link.data = {{"email", user.email}};
  return mail_link(transaction, requester, link,
                   {.name = "confirmation/confirm",
                    .to = user.email,
                    .language = language,
                    .data = {{"registered_at", services.pages().moment(user.created_at, language)}}});
}

Result<> on_taken_over(Transaction& transaction, const Services& services, AccountId id) {
  ROWAN_TRY(const auto account, accounts::find(transaction.connection(), id));
  const auto email = EmailAddress::parse(account ? account->user.email : "");
  if (!email) return {};
  return services.links().end_all_for(transaction, email->key(), of_registration, account->user.realm);
}

}  // namespace rowan::add_ons::confirmation
