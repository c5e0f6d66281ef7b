#include <rowan/accounts/accounts.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <rowan/engine/parts/addressee.hpp>
#include <rowan/engine/parts/new_account.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/password/actions.hpp>
#include <rowan/strategies/password/policy.hpp>
#include <rowan/strategies/password/queries.hpp>
#include <rowan/tokens/devices.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::strategies::password {

namespace {

constexpr Purpose reset_purpose = "password_reset", sign_in_purpose = "sign_in";

struct Credential {
  AccountId account{};
  std::int64_t generation = 0;
  std::optional<std::string> hash{};
  EmailKey email_key{};
  std::string email{}, locale{};
  bool from_known_device = false;
};

std::optional<Credential> credential_from(const std::optional<SqlRow>& row) {
  if (!row) return std::nullopt;
  return Credential{.account = row->id<AccountId>("id"),
                    .generation = row->integer("generation"),
                    .hash = row->maybe_text("hash"),
                    .email_key = EmailKey(row->text_or("key", "")),
                    .email = row->text_or("shown", ""),
                    .locale = row->text_or("locale", "")};
}

// Looked up for every address, and whether there is a cookie or not.
Result<bool> knows_device(const PhaseContext& context, SqlConnection& connection,
                          const std::optional<Credential>& credential) {
  return tokens::knows_device(connection, credential ? credential->account : AccountId(), context.visitor.device,
                              context.services.clock().now());
}

Result<std::optional<Credential>> find_credential(const PhaseContext& context, const EmailAddress& email) {
  return context.services.database().read([&](SqlConnection& connection) -> Result<std::optional<Credential>> {
    ROWAN_TRY(const auto row, connection.first(sql::credential, {{"tenant", context.realm.tenant},
                                                                 {"subject", context.realm.subject},
                                                                 {"key", email.key().text()}}));
    auto credential = credential_from(row);
    if (row && row->integer("theirs") == 0) credential.reset();
    ROWAN_TRY(const bool known, knows_device(context, connection, credential));
    if (credential) credential->from_known_device = known;
    return credential;
  });
}

Result<std::optional<Credential>> credential_of(const PhaseContext& context, AccountId account) {
  return context.services.database().read([&](SqlConnection& connection) -> Result<std::optional<Credential>> {
    ROWAN_TRY(const auto row, connection.first(sql::credential_of, {{"id", account}}));
    auto credential = credential_from(row);
    ROWAN_TRY(const bool known, knows_device(context, connection, credential));
    if (credential) credential->from_known_device = known;
    return credential;
  });
}

struct Compared {
  bool matches = false, outdated = false;
  std::string reason{};  // for the log, when it does not match
  Guess guess{};
};

// Whatever is wrong, the guess is counted and one hash is computed: the answer takes the same time for an unknown
// address, a locked one and a wrong password (THR-07).
Result<Compared> compare(const PhaseContext& context, const std::optional<Credential>& credential,
                         const EmailKey& email_key, std::string_view typed, const GuessLimits& limits) {
  auto& hasher = context.services.hasher();
  const auto password = normalised(typed);
  const GuessTarget target{.account = credential ? credential->account : AccountId(),
                           .address_key = email_key,
                           .from_known_device = credential && credential->from_known_device};
  auto guess = count_guess(context, limits, target);
  const bool locked = !guess && guess.error().code == ErrorCode::authentication_failed;
  if (!guess && !locked) return std::move(guess).error();
  if (locked || !password || !credential || !credential->hash) {
    ROWAN_CHECK(hasher.verify_nobody(password.value_or("")));
    if (password && *password != typed) ROWAN_CHECK(hasher.verify_nobody(typed));
    return Compared{.reason = locked        ? guess.error().reason
                              : !credential ? "unknown account"
                              : !password   ? "not a password"
                                            : "no password"};
  }
  ROWAN_TRY(auto verdict, hasher.verify(*password, *credential->hash));
  if (!verdict.matches && *password != typed) {
    // Another system hashed what was typed as it came, decomposed. The new hash is of the composed form.
    ROWAN_TRY(verdict, hasher.verify(typed, *credential->hash));
    verdict.outdated = true;
  }
  return Compared{.matches = verdict.matches,
                  .outdated = verdict.outdated,
                  .reason = verdict.matches ? "" : "wrong password",
                  .guess = *std::move(guess)};
}

// A password for the first time or anew: all rules, and the repetition, reported together.
Result<std::string> new_password(const PhaseContext& context, const EmailKey& email, const PasswordOptions& options) {
  const auto typed = context.inputs.text("password");
  const auto password = normalised(typed);
  if (!password) return wrong_field("password", "invalid");
  std::vector<FieldError> wrong;
  if (const auto fault = fault_of(*password, email.text(), options)) wrong.push_back(*fault);
  if (options.confirmation_required && !context.trusted && context.inputs.text("password_confirmation") != typed)
    wrong.push_back({.field = "password_confirmation", .code = "mismatch"});
  if (!wrong.empty())
    return Error{.code = ErrorCode::invalid_input, .reason = "password policy", .fields = std::move(wrong)};
  return *password;
}

Result<> store(Transaction& transaction, AccountId account, const std::string& hash, Timestamp now) {
  ROWAN_CHECK(transaction.execute(sql::store, {{"id", account}, {"hash", hash}, {"now", now}}));
  return {};
}

// The notice that a password was changed, in the transaction that changed it (THR-11).
Result<> put_notice(Transaction& transaction, const Requester& requester, const Credential& credential,
                    const std::string& strategy) {
  User owner;
  owner.id = credential.account;
  owner.email = credential.email;
  owner.locale = credential.locale;
  return put_undo_notice(transaction, requester, "password/changed", owner,
                         {.strategy = strategy,
                          .what = std::string(sentence("The password of your account was changed.")),
                          .data = {{"changed_at", to_microseconds(requester.services.clock().now())}},
                          .restores = false});
}

// confirm_first: the same answer and the same writes whether the address is taken or not; no account before its owner
// says so.
Result<Outcome> hold(const PhaseContext& context, const HeldRegistration& registration) {
  for (const auto& strategy : context.strategies) {
    if (!strategy.confirming.hold) continue;
    ROWAN_TRY(auto flow, context.services.database().transact([&](Transaction& transaction) {
      return strategy.confirming.hold(transaction, context, registration);
    }));
    return Outcome(Accepted{.words = {},
                            .view = "password/register_requested.html",
                            .fields = {{"values", {{"email", registration.email.shown()}}}},
                            .flow = std::move(flow)});
  }
  return Error{.code = ErrorCode::internal, .reason = "confirm_first without the add-on confirmation"};
}

}  // namespace

Result<Outcome> register_account(const PhaseContext& context, const PasswordOptions& options) {
  const auto& services = context.services;
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  ROWAN_TRY(const auto password, new_password(context, email.key(), options));
  std::vector<std::pair<std::string, Json>> extra;
  for (const auto& field : options.register_accepts)
    if (context.inputs.has(field)) extra.emplace_back(field, context.inputs.text(field));
  ROWAN_TRY(const auto hash, services.hasher().hash(password));
  if (options.registration == PasswordOptions::Registration::confirm_first)
    return hold(
        context,
        {.email = email, .strategy = options.name, .credentials = {{"hash", hash}}, .extra = Json::object(extra)});
  ROWAN_TRY(auto signed_in, new_account(context, options.name,
                                        {.email = email,
                                         .locale = context.visitor.language,
                                         .extra = Json::object(extra),
                                         .keep =
                                             [&services, hash](Transaction& transaction, AccountId account) {
                                               return store(transaction, account, hash, services.clock().now());
                                             },
                                         .when_taken = wrong_field("email", "taken")}));
  signed_in.remember_me = context.inputs.flag("remember_me");
  return Outcome(std::move(signed_in));
}

Result<> adopt(Transaction& transaction, const Services& services, AccountId account, const Json& credentials) {
  const auto hash = credentials.find("hash");
  const auto text = hash ? hash->as_text() : std::nullopt;
  if (!text) return Error{.code = ErrorCode::internal, .reason = "a held registration without its hash"};
  return store(transaction, account, std::string(*text), services.clock().now());
}

Result<std::optional<bool>> check_secret(const PhaseContext& context, AccountId account, std::string_view secret,
                                         const GuessLimits& limits) {
  ROWAN_TRY(const auto credential, credential_of(context, account));
  if (!credential || !credential->hash) return std::optional<bool>();
  ROWAN_TRY(const auto compared, compare(context, credential, credential->email_key, secret, limits));
  if (compared.matches)
    ROWAN_CHECK(context.services.database().transact(
        [&](Transaction& transaction) { return forgive_guess(transaction, context.services, compared.guess); }));
  return std::optional(compared.matches);
}

Result<> forget(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(sql::forget, {{"id", account}}));
  return {};
}

Result<SignedIn> sign_in(const PhaseContext& context, const PasswordOptions& options, const GuessLimits& limits) {
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  ROWAN_TRY(const auto credential, find_credential(context, email));
  const auto typed = context.inputs.text("password");
  ROWAN_TRY(const auto compared, compare(context, credential, email.key(), typed, limits));
  if (!compared.matches) return wrong_credential(compared.reason);
  std::optional<std::string> upgraded;
  if (compared.outdated) {
    ROWAN_TRY(upgraded, context.services.hasher().hash(*normalised(typed)));
  }
  return SignedIn{.method = options.name,
                  .apply = [credential = *credential, upgraded](Transaction& transaction) -> Result<Applied> {
                    if (upgraded)
                      ROWAN_CHECK(transaction.execute(
                          sql::upgrade, {{"id", credential.account}, {"hash", *upgraded}, {"old", *credential.hash}}));
                    return Applied{.account = credential.account, .generation = credential.generation};
                  },
                  .remember_me = context.inputs.flag("remember_me"),
                  .guess = compared.guess};
}

namespace {

// What the session said that the token was issued from.
Result<CarriedProof> carried_by(const tokens::Link& link) {
  const auto time = [&](std::string_view name) -> std::optional<Timestamp> {
    const auto value = link.data.find(name);
    const auto number = value ? value->as_integer() : std::nullopt;
    return number ? std::optional(from_microseconds(*number)) : std::nullopt;
  };
  const auto expires_at = time("expires_at");
  if (!expires_at) return wrong_credential("a sign-in token that does not say what it carries");
  const auto token = link.data.find("token");
  return CarriedProof{.methods = tokens::methods_from(text_of(link.data, "methods")),
                      .expires_at = *expires_at,
                      .token = token ? token->as_integer().value_or(0) : 0};
}

constexpr std::string_view by_administrator = "administrator";

// No credential was shown, so it carries no proof.
bool is_of_administrator(const tokens::Link& link) {
  const auto value = link.data.find(by_administrator);
  return value && value->as_boolean().value_or(false);
}

}  // namespace

Result<SignedIn> sign_in_with_token(const PhaseContext& context, const PasswordOptions& options) {
  const auto& services = context.services;
  return SignedIn{.method = options.name,
                  .apply = [&services, token = std::string(context.inputs.text("token")),
                            realm = context.realm](Transaction& transaction) -> Result<Applied> {
                    ROWAN_TRY(const auto link, services.links().consume(transaction, token, sign_in_purpose, realm));
                    if (!link) return wrong_credential("bad, expired or used sign-in token");
                    Applied applied{
                        .account = link->account, .generation = link->generation, .credential_checked = false};
                    if (!is_of_administrator(*link)) {
                      ROWAN_TRY(applied.carried, carried_by(*link));
                    }
                    return applied;
                  }};
}

Result<Accepted> request_reset(const PhaseContext& context, const PasswordOptions& options) {
  const auto& services = context.services;
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  ROWAN_TRY(const auto credential, find_credential(context, email));
  const auto until = services.clock().now() + options.reset_lifetime;
  const auto language = credential && !credential->locale.empty() ? credential->locale : context.visitor.language;
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) -> Result<> {
    auto link = link_for(context, reset_purpose, email.key(), options.reset_lifetime);
    if (credential) {
      link.account = credential->account;
      link.generation = credential->generation;
    }
    ROWAN_TRY(const auto token, services.links().issue(transaction, link));
    const OtherLetter known{.name = "password/reset", .link = context.token_url(reset_page, token)};
    const OtherLetter unknown{.name = "password/reset_unknown", .link = context.page_url(PageName::register_)};
    const auto& mailed = credential ? known : unknown;
    return put_letter(transaction, context,
                      {.name = mailed.name,
                       .to = credential ? credential->email : email.shown(),
                       .language = language,
                       .data = who_asked(context, language, mailed.link, until),
                       .instead = {known, unknown}},
                      until);
  }));
  return Accepted{.words = {},
                  .view = "password/reset_requested.html",
                  .fields = {{"values", {{"email", email.shown()}}},
                             {"lifetime", services.pages().duration(options.reset_lifetime, context.visitor.language)}},
                  .flow = {}};
}

Result<SignedIn> reset(const PhaseContext& context, const PasswordOptions& options) {
  const auto& services = context.services;
  const std::string token(context.inputs.text("reset_token"));
  ROWAN_TRY(const auto link, services.database().read([&](SqlConnection& connection) {
    return services.links().look(connection, token, reset_purpose, context.realm);
  }));
  if (!link || link->account.is_nil()) return wrong_credential("bad, expired or used reset token");
  ROWAN_TRY(const auto password, new_password(context, link->address_key, options));
  ROWAN_TRY(const auto hash, services.hasher().hash(password));
  ROWAN_TRY(const auto credential, credential_of(context, link->account));
  if (!credential) return wrong_credential("the account is gone");
  return SignedIn{
      .method = options.name,
      // The new password is none that was known before: setting it shows nothing.
      .proves = Proves{Evidence::mailbox},
      .apply = [context, token, realm = context.realm](Transaction& transaction) -> Result<Applied> {
        ROWAN_TRY(const auto used, context.services.links().consume(transaction, token, reset_purpose, realm));
        if (!used) return wrong_credential("reset token used meanwhile");
        return Applied{.account = used->account,
                       .generation = used->generation,
                       .end_other_sessions = true,
                       .proven_address = used->address_key};
      },
      .keep = [context, hash, credential = *credential, name = options.name](Transaction& transaction) -> Result<> {
        ROWAN_CHECK(store(transaction, credential.account, hash, context.services.clock().now()));
        return put_notice(transaction, context, credential, name);
      }};
}

Result<SignedIn> change(const PhaseContext& context, const PasswordOptions& options, const GuessLimits& limits) {
  const auto& services = context.services;
  if (!context.claims) return wrong_credential("not signed in");
  ROWAN_TRY(const auto credential, credential_of(context, context.claims->id()));
  if (!credential) return wrong_credential("the account is gone");
  // First what needs no guess at the current password.
  ROWAN_TRY(const auto password, new_password(context, credential->email_key, options));
  ROWAN_TRY(const auto compared,
            compare(context, credential, credential->email_key, context.inputs.text("current_password"), limits));
  if (!compared.matches) return wrong_field("current_password", "wrong");
  ROWAN_TRY(const auto hash, services.hasher().hash(password));
  return SignedIn{.method = options.name,
                  .apply = [context, hash, credential = *credential,
                            name = options.name](Transaction& transaction) -> Result<Applied> {
                    ROWAN_CHECK(store(transaction, credential.account, hash, context.services.clock().now()));
                    ROWAN_CHECK(put_notice(transaction, context, credential, name));
                    return Applied{
                        .account = credential.account, .generation = credential.generation, .end_other_sessions = true};
                  },
                  .renews = true,
                  .guess = compared.guess};
}

Result<SignedIn> verify(const PhaseContext& context, const PasswordOptions& options, const GuessLimits& limits) {
  if (!context.claims) return wrong_credential("not signed in");
  ROWAN_TRY(const auto credential, credential_of(context, context.claims->id()));
  if (!credential) return wrong_credential("the account is gone");
  ROWAN_TRY(const auto compared,
            compare(context, credential, credential->email_key, context.inputs.text("password"), limits));
  if (!compared.matches) return wrong_field("password", "wrong");
  return SignedIn{.method = options.name,
                  .apply = [credential = *credential](Transaction&) -> Result<Applied> {
                    return Applied{.account = credential.account, .generation = credential.generation};
                  },
                  .second_factor_done = true,
                  .renews = true,
                  .guess = compared.guess};
}

Result<std::vector<Factor>> factors(SqlConnection& connection, AccountId account, const std::string& name) {
  ROWAN_TRY(const auto row, connection.first(sql::credential_of, {{"id", account}}));
  if (!row || row->is_null("hash")) return std::vector<Factor>();
  return std::vector<Factor>{{.strategy = name, .use = Factor::Use::again, .proves = Proves{Evidence::known}}};
}

Result<Json> look_at_reset(const PhaseContext& context, std::string_view token, const PasswordOptions& options) {
  const auto& services = context.services;
  ROWAN_TRY(const auto link, services.database().read([&](SqlConnection& connection) {
    return services.links().look(connection, token, reset_purpose, context.realm);
  }));
  if (!link || link->account.is_nil()) return wrong_credential("bad, expired or used reset token");
  ROWAN_TRY(const auto takeover, look_at_takeover(context, *link));
  return joined(joined(who_asked(services.pages(), context.visitor.language, *link), takeover),
                Json({{"reset_token", token},
                      {"minimum", options.minimum_length},
                      {"confirmation", options.confirmation_required},
                      {"account_email", link->address_key.text()}}));
}

Result<std::string> issue_sign_in_token(const Services& services, Transaction& transaction,
                                        const VerifiedClaims& claims, std::chrono::seconds lifetime) {
  return services.links().issue(transaction, {.purpose = sign_in_purpose,
                                              .realm = claims.realm(),
                                              .account = claims.id(),
                                              .generation = claims.numbers().account_generation,
                                              .address_key = {},
                                              .data = {{"methods", tokens::methods_text(claims.methods())},
                                                       {"token", claims.numbers().token},
                                                       {"expires_at", to_microseconds(claims.expires_at())}},
                                              .lifetime = lifetime,
                                              .asked_from = {},
                                              .asked_with = {}});
}

Result<std::string> issue_sign_in(const Services& services, Transaction& transaction, const User& user,
                                  std::int64_t generation, std::chrono::seconds lifetime) {
  return services.links().issue(transaction, {.purpose = sign_in_purpose,
                                              .realm = user.realm,
                                              .account = user.id,
                                              .generation = generation,
                                              .address_key = {},
                                              .data = Json::object({{std::string(by_administrator), true}}),
                                              .lifetime = lifetime,
                                              .asked_from = {},
                                              .asked_with = {}});
}

Result<Json> make_credentials(const Services& services, const EmailKey& address, std::string_view secret,
                              const PasswordOptions& options) {
  const auto password = normalised(secret);
  if (!password) return wrong_field("password", "invalid");
  if (auto fault = fault_of(*password, address.text(), options))
    return Error{.code = ErrorCode::invalid_input, .reason = "password policy", .fields = {*fault}};
  ROWAN_TRY(const auto hash, services.hasher().hash(*password));
  return Json({{"hash", hash}});
}

Result<> set_password(Transaction& transaction, const Services& services, const User& user, const Json& credentials,
                      const std::string& strategy) {
  ROWAN_CHECK(adopt(transaction, services, user.id, credentials));
  const Visitor visitor{.language = services.pages().choose_language({}, {})};
  return put_notice(transaction, {services, user.realm, visitor},
                    {.account = user.id, .email = user.email, .locale = user.locale}, strategy);
}

Result<> import_hash(const Services& services, Transaction& transaction, AccountId account, std::string_view stored) {
  if (password_hash_kind(stored) == "unknown") return wrong_field("hash", "invalid");
  return store(transaction, account, std::string(stored), services.clock().now());
}

Result<> undo(Transaction& transaction, const Services&, const User& user, const Json& data) {
  const auto changed_at = data.find("changed_at");
  const auto at = changed_at ? changed_at->as_integer() : std::nullopt;
  if (!at) return {};
  ROWAN_CHECK(transaction.execute(sql::forget_changed_at, {{"id", user.id}, {"changed_at", *at}}));
  return {};
}

}  // namespace rowan::strategies::password
