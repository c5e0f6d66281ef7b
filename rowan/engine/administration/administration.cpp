// Administrators' acts on accounts that are there. Each is one transaction that writes what it does and tells every
// node; making an account is in create_user.cpp, tokens are in revoke_token.cpp.
#include <rowan/accounts/list.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/administration/administration_parts.hpp>
#include <rowan/engine/administration/close_account.hpp>
#include <rowan/engine/phases/complete.hpp>
#include <rowan/engine/phases/events.hpp>

namespace rowan {

using engine::Core;
using engine::gone;
using engine::log_act;

namespace engine {

Error gone() { return {.code = ErrorCode::not_found, .reason = "no such account"}; }

Result<> check_realm(const Core& core, const Realm& realm) {
  if (core.find_subject(realm.subject) == nullptr)
    return Error{.code = ErrorCode::not_found, .reason = "no such subject: " + realm.subject.text()};
  if (auto base = core.origins.of(realm.tenant); !base) return std::move(base).error();
  return {};
}

bool is_good_extra(const Json& extra) {
  if (extra.kind() != Json::Kind::object) return false;
  const auto text = extra.text();
  // What could not be read again, such as what is nested too deep, is not kept.
  return text.size() <= Auth::max_extra_bytes && Json::parse(text);
}

void log_act(const Core& core, std::string_view act, const User& user) {
  core.logger.info("administration",
                   {{"act", act}, {"account", user.id.text()}, {"subject", user.subject()}, {"tenant", user.tenant()}});
}

void log_outcome(const Core& core, std::string_view act, const User& user, const Result<>& ended, bool done) {
  if (ended && done) log_act(core, act, user);
  if (!ended && ended.error().effect == Effect::unknown) log_act(core, std::string(act) + " (outcome unknown)", user);
}

Result<accounts::Account> find_open(const Core& core, AccountId id) {
  ROWAN_TRY(auto account,
            core.spine.database.read([&](SqlConnection& connection) { return accounts::find(connection, id); }));
  if (!account || account->closed_at) return gone();
  return *std::move(account);
}

Result<accounts::Account> lock_open(Transaction& transaction, AccountId id) {
  ROWAN_TRY(auto account, accounts::lock(transaction, id));
  if (!account || account->closed_at) return gone();
  return *std::move(account);
}

const Strategy* strategy_that(const Core& core, const SubjectName& subject, bool (*does)(const Strategy&)) {
  if (const auto* declared = core.find_subject(subject))
    for (const auto& strategy : declared->strategies)
      if (does(strategy)) return &strategy;
  return nullptr;
}

Error no_strategy(const SubjectName& subject, std::string_view what) {
  return {.code = ErrorCode::not_found,
          .reason = "no strategy of " + subject.text() + " " + std::string(what) + "; look at `routes`"};
}

Result<> act_and_tell(Core& core, AccountId id, std::string_view name, const Act& act) {
  bool done = false;
  User user;
  auto ended = act_and_end(core, id, [&](Transaction& transaction, const accounts::Account& account) -> Result<bool> {
    user = account.user;
    done = false;
    ROWAN_TRY(done, act(transaction, account));
    if (done) ROWAN_CHECK(tell(transaction, core, act_on(user, name)));
    return done;
  });
  log_outcome(core, name, user, ended, done);
  return ended;
}

}  // namespace engine

namespace {

UserRecord record_of(accounts::Account account) {
  return {.user = std::move(account.user), .disabled_at = account.disabled_at, .closed_at = account.closed_at};
}

Result<> set_disabled(Core& core, AccountId id, bool disabled) {
  return engine::act_and_tell(
      core, id, disabled ? "disable" : "enable",
      [&](Transaction& transaction, const accounts::Account& account) -> Result<bool> {
        if (account.disabled_at.has_value() == disabled) return false;
        const auto now = core.clock.now();
        ROWAN_CHECK(accounts::set_disabled(transaction, id, disabled ? std::optional(now) : std::nullopt, now));
        return true;
      });
}

}  // namespace

Result<std::optional<User>> Auth::find_user(const EmailAddress& email, const Realm& realm) {
  ROWAN_CHECK(engine::check_realm(*core_, realm));
  ROWAN_TRY(const auto account, core_->spine.database.read([&](SqlConnection& connection) {
    return accounts::find_by_email(connection, realm, email.key());
  }));
  return account ? std::optional(account->user) : std::nullopt;
}

Result<std::optional<User>> Auth::find_user(AccountId id) {
  ROWAN_TRY(auto record, find_record(id));
  return record ? std::optional(std::move(record->user)) : std::nullopt;
}

Result<std::optional<UserRecord>> Auth::find_record(AccountId id) const {
  ROWAN_TRY(auto account,
            core_->spine.database.read([&](SqlConnection& connection) { return accounts::find(connection, id); }));
  return account ? std::optional(record_of(*std::move(account))) : std::nullopt;
}

Result<std::vector<UserRecord>> Auth::list_users(const UserFilter& filter) const {
  ROWAN_CHECK(engine::check_realm(*core_, filter.realm));
  ROWAN_TRY(auto accounts,
            core_->spine.database.read([&](SqlConnection& connection) { return accounts::list(connection, filter); }));
  std::vector<UserRecord> records;
  records.reserve(accounts.size());
  for (auto& account : accounts) records.push_back(record_of(std::move(account)));
  return records;
}

Result<> Auth::confirm(AccountId id) {
  auto& core = *core_;
  bool done = false;
  User user;
  auto confirmed = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    done = false;
    ROWAN_TRY(const auto account, engine::lock_open(transaction, id));
    user = account.user;
    const auto address = EmailAddress::parse(user.email);
    if (!address) return wrong_field("email", "required");
    ROWAN_TRY(done, accounts::verify_email(transaction, id, address->key(), core.clock.now()));
    if (done) {
      core.revocation.account_changed(transaction, account.generation);
      ROWAN_CHECK(engine::tell(transaction, core, engine::act_on(user, "confirm")));
    }
    return engine::end_locks(transaction, core, user, {});
  });
  engine::log_outcome(core, "confirm", user, confirmed, done);
  return confirmed;
}

Result<> Auth::set_password(AccountId id, std::string_view password) {
  auto& core = *core_;
  ROWAN_TRY(const auto user, find_user(id));
  if (!user) return gone();
  const auto* strategy = engine::strategy_that(core, user->realm.subject,
                                               [](const Strategy& s) { return s.set_secret && s.make_credentials; });
  if (strategy == nullptr) return engine::no_strategy(user->realm.subject, "has passwords");
  // Its mail names pages of the tenant.
  ROWAN_CHECK(engine::check_realm(core, user->realm));
  const auto email = EmailAddress::parse(user->email);
  ROWAN_TRY(const auto credentials,
            strategy->make_credentials(core.services, email ? email->key() : EmailKey(), password));
  return engine::act_and_tell(
      core, id, "set_password", [&](Transaction& transaction, const accounts::Account& account) -> Result<bool> {
        ROWAN_CHECK(strategy->set_secret(transaction, core.services, account.user, credentials));
        // Guesses at the old one are no reason to refuse the new one (THR-04).
        ROWAN_CHECK(engine::end_locks(transaction, core, account.user, {}));
        return true;
      });
}

Result<> Auth::import_hash(AccountId id, std::string_view hash) {
  auto& core = *core_;
  ROWAN_TRY(const auto user, find_user(id));
  if (!user) return gone();
  const auto* strategy =
      engine::strategy_that(core, user->realm.subject, [](const Strategy& s) { return !!s.import_secret; });
  if (strategy == nullptr) return engine::no_strategy(user->realm.subject, "takes hashes from elsewhere");
  return engine::act_and_tell(core, id, "import_hash",
                              [&](Transaction& transaction, const accounts::Account& account) -> Result<bool> {
                                ROWAN_CHECK(strategy->import_secret(core.services, transaction, id, hash));
                                ROWAN_CHECK(engine::end_locks(transaction, core, account.user, {}));
                                return true;
                              });
}

Result<SignInToken> Auth::issue_sign_in_token(AccountId id, std::optional<std::chrono::seconds> lifetime) {
  auto& core = *core_;
  if (lifetime && (*lifetime < std::chrono::seconds(1) || *lifetime > std::chrono::hours(1)))
    return Error{.code = ErrorCode::invalid_input, .reason = "lifetime: must be one second to one hour"};
  SignInToken token;
  User user;
  auto issued = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto account, engine::lock_open(transaction, id));
    if (account.disabled_at) return Error{.code = ErrorCode::forbidden, .reason = "the account is disabled"};
    user = account.user;
    const auto* strategy =
        engine::strategy_that(core, user.realm.subject, [](const Strategy& s) { return !!s.issue_sign_in; });
    if (strategy == nullptr) return engine::no_strategy(user.realm.subject, "takes sign-in tokens");
    const auto lives = lifetime.value_or(strategy->sign_in_lifetime);
    ROWAN_TRY(token.text, strategy->issue_sign_in(core.services, transaction, user, account.generation, lives));
    token.strategy = strategy->name;
    token.expires_at = core.clock.now() + lives;
    return engine::tell(transaction, core, engine::act_on(user, "issue_sign_in_token"));
  });
  engine::log_outcome(core, "issue_sign_in_token", user, issued, true);
  if (!issued) return std::move(issued).error();
  return token;
}

Result<ProviderToken> Auth::provider_token(AccountId id, std::string_view strategy) const {
  auto& core = *core_;
  ROWAN_TRY(const auto account, engine::find_open(core, id));
  if (account.disabled_at) return Error{.code = ErrorCode::forbidden, .reason = "the account is disabled"};
  const auto* subject = core.find_subject(account.user.realm.subject);
  const auto* found = subject == nullptr ? nullptr : subject->find(strategy);
  if (found == nullptr || !found->provider_token)
    return engine::no_strategy(account.user.realm.subject, "of this name keeps tokens of a provider");
  return found->provider_token(core.services, id);
}

Result<> Auth::disable(AccountId id) { return set_disabled(*core_, id, true); }
Result<> Auth::enable(AccountId id) { return set_disabled(*core_, id, false); }
Result<> Auth::revoke_all(AccountId id) {
  return engine::act_and_tell(*core_, id, "revoke_all",
                              [](Transaction&, const accounts::Account&) -> Result<bool> { return true; });
}

Result<> Auth::close(AccountId id) { return engine::close_account(*core_, id, {}, "administration"); }

Result<> Auth::erase(AccountId id) { return engine::erase_account(*core_, id); }

Result<> Auth::update_extra(AccountId id, const Json& extra) {
  auto& core = *core_;
  if (!engine::is_good_extra(extra))
    return Error{.code = ErrorCode::invalid_input,
                 .reason = "extra: must be an object of at most " + std::to_string(max_extra_bytes) +
                           " bytes, nested no deeper than what is read from clients"};
  bool done = false;
  User user;
  auto updated = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    done = false;
    ROWAN_TRY(const auto account, engine::lock_open(transaction, id));
    user = account.user;
    if (user.extra.text() == extra.text()) return {};
    done = true;
    ROWAN_CHECK(accounts::set_extra(transaction, id, extra, core.clock.now()));
    core.revocation.account_changed(transaction, account.generation);
    return engine::tell(transaction, core, engine::act_on(user, "update_extra"));
  });
  engine::log_outcome(core, "update_extra", user, updated, done);
  return updated;
}

}  // namespace rowan
