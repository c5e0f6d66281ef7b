#include <rowan/accounts/accounts.hpp>
#include <rowan/add_ons/confirmation/actions.hpp>
#include <rowan/add_ons/confirmation/change_of_address.hpp>
#include <rowan/add_ons/confirmation/purposes.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/letters.hpp>
#include <rowan/engine/phase_parts.hpp>

namespace rowan::add_ons::confirmation {

namespace {

struct Found {
  std::string_view purpose{};
  tokens::Link link{};
};

Result<std::optional<Found>> find(const PhaseContext& context, std::string_view token) {
  return context.spine.database.read([&](SqlConnection& connection) -> Result<std::optional<Found>> {
    for (const auto purpose : purposes) {
      ROWAN_TRY(auto link, context.spine.links.look(connection, token, purpose, context.tenant, context.subject));
      if (link) return Found{purpose, *std::move(link)};
    }
    return std::nullopt;
  });
}

// One link and one letter, whatever it says.
Result<> mail_link(Transaction& transaction, const PhaseContext& context, const tokens::NewLink& link, Letter letter,
                   bool with_token) {
  const auto& spine = context.spine;
  const auto until = spine.clock.now() + link.lifetime;
  ROWAN_TRY(const auto token, spine.links.issue(transaction, link));
  letter.data = joined(
      who_asked(context, letter.language, with_token ? context.token_url(page, token) : context.url("/reset"), until),
      letter.data);
  return put_letter(transaction, context, letter, until);
}

Result<SignedIn> confirm_account(const PhaseContext& context, std::string token, const ConfirmationOptions& options) {
  return SignedIn{
      .method = options.name,
      .apply = [context, token = std::move(token)](Transaction& transaction) -> Result<Applied> {
        ROWAN_TRY(const auto used,
                  context.spine.links.consume(transaction, token, of_account, context.tenant, context.subject));
        if (!used) return wrong_credential("confirmation used meanwhile");
        return Applied{.account = used->account, .generation = used->generation, .proven_address = used->address_key};
      }};
}

Result<SignedIn> confirm_registration(const PhaseContext& context, std::string token, const tokens::Link& link) {
  const auto& spine = context.spine;
  const auto by = text_of(link.data, "strategy");
  const Strategy* strategy = nullptr;
  for (const auto& declared : context.strategies)
    if (declared.name == by && declared.adopt) strategy = &declared;
  if (strategy == nullptr) return wrong_credential("a registration by a strategy that is no longer declared");
  ROWAN_TRY(const auto email, EmailAddress::parse(text_of(link.data, "email")));
  ROWAN_TRY(const auto generation, spine.numbers.take());
  ROWAN_TRY(const auto tenant_generation, spine.numbers.take());
  const accounts::NewAccount account{.id = AccountId::make(spine.clock, spine.random),
                                     .tenant = std::string(context.tenant),
                                     .subject = std::string(context.subject),
                                     .generation = generation,
                                     .tenant_generation = tenant_generation,
                                     .locale = text_of(link.data, "locale"),
                                     .extra = link.data.find("extra").value_or(Json({})),
                                     .verified_at = {}};
  const auto credentials = link.data.find("credentials").value_or(Json({}));
  return SignedIn{
      .method = by,
      .apply = [context, token = std::move(token), account, email, credentials,
                strategy](Transaction& transaction) -> Result<Applied> {
        const auto& within = context.spine;
        ROWAN_TRY(const auto used,
                  within.links.consume(transaction, token, of_registration, context.tenant, context.subject));
        if (!used) return wrong_credential("confirmation used meanwhile");
        ROWAN_TRY(const bool made, accounts::create(transaction, account, email, within.clock.now()));
        if (!made) return wrong_credential("the address was registered meanwhile");
        ROWAN_CHECK(strategy->adopt(transaction, within, account.id, credentials));
        return Applied{
            .account = account.id, .generation = account.generation, .registered = true, .proven_address = email.key()};
      }};
}

}  // namespace

Result<SignedIn> confirm(const PhaseContext& context, const ConfirmationOptions& options) {
  const std::string token(context.inputs.text("confirm"));
  ROWAN_TRY(const auto found, find(context, token));
  if (!found) return wrong_credential("bad, expired or used confirmation");
  if (found->purpose == of_account) return confirm_account(context, token, options);
  if (found->purpose == of_registration) return confirm_registration(context, token, found->link);
  if (found->purpose == of_change) return carry_out(context, token, found->link, options);
  return take_back(context, token, found->link, options);
}

Result<Accepted> resend(const PhaseContext& context, const ConfirmationOptions& options) {
  const auto& spine = context.spine;
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  struct Waiting {
    std::optional<accounts::Account> account{};
    std::optional<tokens::Link> registration{};
  };
  ROWAN_TRY(const auto waiting, spine.database.read([&](SqlConnection& connection) -> Result<Waiting> {
    Waiting both;
    ROWAN_TRY(both.account, accounts::find_by_email(connection, context.tenant, context.subject, email.key()));
    ROWAN_TRY(both.registration,
              spine.links.newest_for(connection, email.key(), of_registration, context.tenant, context.subject));
    return both;
  }));
  const std::vector<std::string> letters{std::string(letter_of_ask), "confirmation/register", "confirmation/nothing"};
  ROWAN_CHECK(spine.database.transact([&](Transaction& transaction) -> Result<> {
    if (waiting.account && waiting.account->usable() && !waiting.account->user.confirmed_at)
      return ask(transaction, context, waiting.account->user, waiting.account->generation, options, letters);
    auto link = link_for(context, of_registration, email.key(), options.lifetime);
    // Whose registration waits is known by where it came from: another's must not be sent as if it were theirs.
    const auto& held = waiting.registration;
    const bool theirs =
        held && held->asked_from == context.visitor.address.text() && held->asked_with == context.visitor.user_agent;
    if (!waiting.account && theirs) {
      link.data = held->data;
      return mail_link(transaction, context, link,
                       {.name = "confirmation/register",
                        .to = text_of(link.data, "email"),
                        .language = context.visitor.language,
                        .data = Json({}),
                        .instead = letters},
                       true);
    }
    // Nobody can use this one: it says nothing, and is never mailed.
    link.purpose = of_account;
    return mail_link(transaction, context, link,
                     {.name = "confirmation/nothing",
                      .to = email.shown(),
                      .language = context.visitor.language,
                      .data = Json({}),
                      .instead = letters},
                     false);
  }));
  return Accepted{
      .words = {}, .view = "confirmation/resent.html", .fields = {{"values", {{"email", email.shown()}}}}, .flow = {}};
}

Result<Json> look(const PhaseContext& context, std::string_view token) {
  ROWAN_TRY(const auto found, find(context, token));
  if (!found) return wrong_credential("bad, expired or used confirmation");
  const auto& [purpose, link] = *found;
  const std::string email = text_of(link.data, "email");
  return joined(who_asked(context.spine.pages, context.visitor.language, link),
                {{"confirm", token},
                 {"here", purpose != of_change || (context.claims && context.claims->id == link.account)},
                 {"elsewhere", purpose == of_change && !(context.claims && context.claims->id == link.account)},
                 {"account_email", email.empty() ? link.address_key : email},
                 {"new_email", text_of(link.data, "new_email")},
                 {"confirms", purpose == of_account},
                 {"registers", purpose == of_registration},
                 {"changes", purpose == of_change},
                 {"reverts", purpose == of_revert}});
}

Result<> hold(Transaction& transaction, const PhaseContext& context, const HeldRegistration& registration,
              const ConfirmationOptions& options) {
  const auto& email = registration.email;
  ROWAN_TRY(const auto owner,
            accounts::find_by_email(transaction.connection(), context.tenant, context.subject, email.key()));
  auto link = link_for(context, of_registration, email.key(), options.lifetime);
  link.data = {{"email", email.shown()},
               {"strategy", registration.strategy},
               {"credentials", registration.credentials},
               {"extra", registration.extra},
               {"locale", context.visitor.language}};
  const std::vector<std::string> letters{"confirmation/register", "confirmation/taken"};
  if (!owner)
    return mail_link(transaction, context, link,
                     {.name = "confirmation/register",
                      .to = email.shown(),
                      .language = context.visitor.language,
                      .data = Json({}),
                      .instead = letters},
                     true);
  // The same row, which opens nothing: its token is not mailed, and its credentials are nobody's.
  link.data = Json({});
  link.purpose = of_account;
  return mail_link(transaction, context, link,
                   {.name = "confirmation/taken",
                    .to = owner->user.email,
                    .language = letter_language(context, &owner->user),
                    .data = Json({}),
                    .instead = letters},
                   false);
}

Result<> ask(Transaction& transaction, const PhaseContext& context, const User& user, std::int64_t generation,
             const ConfirmationOptions& options, const std::vector<std::string>& instead) {
  ROWAN_TRY(const auto email, EmailAddress::parse(user.email));
  const auto language = letter_language(context, &user);
  auto link = link_for(context, of_account, email.key(), options.lifetime);
  link.account = user.id;
  link.generation = generation;
  link.data = {{"email", user.email}};
  return mail_link(transaction, context, link,
                   {.name = std::string(letter_of_ask),
                    .to = user.email,
                    .language = language,
                    .data = {{"registered_at", context.spine.pages.moment(user.created_at, language)}},
                    .instead = instead},
                   true);
}

Result<> on_register(Transaction& transaction, const Spine& spine, const User& user, const AuthEvent& event,
                     const ConfirmationOptions& options) {
  if (user.confirmed_at || user.email.empty()) return {};
  ROWAN_TRY(const auto account, accounts::find(transaction.connection(), user.id));
  if (!account) return Error{.code = ErrorCode::internal, .reason = "the new account is not there"};
  const Inputs none;
  const PhaseContext context{.spine = spine,
                             .subject = event.subject,
                             .tenant = event.tenant,
                             .inputs = none,
                             .visitor = {.address = http::IpAddress::parse(event.address).value_or(http::IpAddress()),
                                         .user_agent = event.user_agent,
                                         .language = event.language}};
  return ask(transaction, context, user, account->generation, options);
}

}  // namespace rowan::add_ons::confirmation
