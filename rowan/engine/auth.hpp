#pragma once
// Auth: the declaration of how people sign in, checked as a whole, and the services behind it.
#include <chrono>
#include <functional>
#include <memory>
#include <rowan/base/clock.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/base/random.hpp>
#include <rowan/base/required.hpp>
#include <rowan/base/scheduler.hpp>
#include <rowan/base/secret.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/administration.hpp>
#include <rowan/engine/strategy.hpp>
#include <rowan/http/message.hpp>
#include <rowan/mail/mailer.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/migrator.hpp>
#include <rowan/tokens/claims.hpp>
#include <span>
#include <variant>
#include <vector>

namespace rowan {

class Auth;
namespace engine {
// engine/core.hpp: not installed
struct Core;
Core& core_of(Auth& auth);
const Core& core_of(const Auth& auth);
}  // namespace engine

/// One kind of account: users, administrators. Its name is in paths, fields and `sub`.
struct SubjectOptions {
  std::string name = "user";
  std::vector<Strategy> strategies{};
  std::vector<AddOn> add_ons{};
};

struct SessionOptions {
  std::chrono::seconds lifetime = std::chrono::days{14};  // absolute; activity never extends it
  std::chrono::seconds idle = std::chrono::days{1};
  std::chrono::milliseconds revocation_bound{1000};  // within it every node refuses what is revoked
  std::chrono::milliseconds poll_interval{100};
  /// How old an account's row may be that a guard hands out. What Rowan changes is seen at once on this node and within
  /// revocation_bound on the others; this is for what is changed by SQL.
  std::chrono::seconds account_cache_lifetime{30};
};

struct AuthOptions {
  // What has no default.
  Required<std::string> base_url;  // "https://notes.example"; http only for loopback, and only with
                                   // allow_insecure_cookies_for_development
  Required<Database&> database;
  Required<Mailer&> mailer;
  Required<Secrets> secret;  // 32 bytes or more each, newest first
  // How people sign in.
  std::vector<Strategy> strategies{};  // short for one subject "user"
  std::vector<AddOn> add_ons{};
  std::vector<SubjectOptions> subjects{};                        // instead of the two above
  std::function<std::string(const http::Request&)> tenant_of{};  // absent: one tenant ''
  /// Each tenant's own address, for tenants by host name: what links in mails, redirects and the origin check of forms
  /// are made of. It has base_url's scheme and path, or its tenant's requests answer 500. Absent: base_url for all.
  /// Called on any thread.
  std::function<std::string(const TenantName& tenant)> base_url_of{};
  Hooks hooks{};  // the application's own
  // Behaviour.
  SessionOptions session{};
  std::chrono::seconds token_lifetime = std::chrono::days{14};
  std::string audience{};  // of tokens; empty: base_url
  Argon2Options argon2{};
  PagesOptions pages{};
  /// Other front ends of this application whose pages may send requests that change something, as browsers name them:
  /// "https://app.notes.example". Pages of every other origin are refused (403). Rowan answers no CORS preflights.
  std::vector<std::string> allowed_origins{};
  std::vector<std::string> trusted_proxies{};  // CIDR ranges whose X-Forwarded-For is believed
  bool limits_enabled = true;                  // false only where load is tested
  bool allow_insecure_cookies_for_development = false;
  // Seams; null: the real one.
  Clock* clock = nullptr;
  Random* random = nullptr;
  Scheduler* scheduler = nullptr;
  Logger* logger = nullptr;
  PasswordHasher* hasher = nullptr;
};

/// What the guard says (docs/architecture.md#the-guard).
struct GuardAccepted {
  VerifiedClaims claims;
  /// The session goes on and should be sealed anew: ask Auth::reseal for the cookie as the answer is written.
  bool reseal = false;
};
struct GuardRefused {
  enum class Why : std::uint8_t {
    missing,
    malformed,  // not ours, or damaged
    not_yet_valid,
    expired,
    idle,
    revoked,
    wrong_purpose,
    wrong_tenant,
    account_gone
  } why = Why::missing;
};
struct GuardUndecided {  // ask decide() where blocking is allowed
  TokenNumbers numbers{};
};
using GuardVerdict = std::variant<GuardAccepted, GuardRefused, GuardUndecided>;

enum class GuardKind : std::uint8_t { session, bearer, session_or_bearer };

/// Who calls a phase as a function.
struct ActionCaller {
  /// The application itself: spared every limit. False for somebody else's wish that the application passes on, as
  /// another front end does: then `address` counts as it does over HTTP, and phases that no mount answers are refused.
  bool trusted = true;
  http::IpAddress address{};
  std::string user_agent{};
  std::string language{};  // of answers and mails; empty, or one that we do not have: the default language
  std::optional<VerifiedClaims> claims{};  // of whom is signed in; asked again whether they are good
  std::string device{};                    // the value of the device cookie, if there is one
  std::string return_to{};                 // a path on this site
};

/// What came of it.
struct ActionResult {
  std::optional<User> user{};          // who is signed in now, or waits for a second factor
  bool registered = false;             // the account was made by this
  std::optional<std::string> token{};  // a bearer token for the user
  std::optional<Json> presented{};
  std::optional<std::string> redirect{};  // where the visitor is to be sent
  std::optional<std::string> pending_flow{};
  std::vector<std::string> factors{};  // with pending_flow: those the account has
  std::optional<std::string> flow{};   // what a later phase must be given (otp)
  bool taken_over = false;             // credentials and sessions from before are gone, see Hooks::on_taken_over
  bool session_ended = false;          // the account is no longer signed in here: forget its session or token
};

/// What after_restore() has ended.
struct AfterRestore {
  std::int64_t numbers_from = 0;  // of what is given out now; tokens with a smaller one are dead
  std::int64_t links = 0, codes = 0, flows = 0;
  std::int64_t mails = 0;  // that waited, and will not be sent
};

/// Thread-safe. Starts no thread of its own until start().
class Auth {
 public:
  /// Throws one ConfigError with every problem found.
  explicit Auth(AuthOptions options);
  ~Auth();
  Auth(const Auth&) = delete;
  Auth& operator=(const Auth&) = delete;

  /// Every migration of the spine and the declared strategies, in order.
  std::vector<Migration> migrations() const;
  Result<std::vector<std::string>> migrate();
  /// Which of them are applied; changes nothing. `unavailable` while the database is away.
  Result<std::vector<MigrationState>> migration_states() const;

  /// Starts feed, outbox and expiry in the background. Idempotent.
  void start();
  void stop();
  /// The same work once, now, as far as it is due (expiry: once an hour, for a fifth of a second at most, the rest with
  /// the next call): for an application's own loop, and for tests.
  void run_due_work();

  /// No I/O, no allocation, no lock: safe on an event loop. Claims of another tenant are refused.
  GuardVerdict authenticate(const http::RequestView& request, GuardKind kind = GuardKind::session,
                            const Realm& realm = {}) const;
  /// Settles what was Undecided; may block up to 0.5 s. `unavailable` when the revocations cannot be learnt.
  Result<GuardVerdict> decide(const http::RequestView& request, GuardKind kind = GuardKind::session,
                              const Realm& realm = {}) const;
  /// The Set-Cookie header of an answer to a request whose GuardAccepted says `reseal`; empty when there is none to
  /// send. For handlers in a host's own style; routes of a Site do it by themselves. Call it when the answer is
  /// written, not when the request came in: a session that a newer sign-in or sign-out has replaced meanwhile is not
  /// brought back. An answer that refuses sends none. No I/O, no lock.
  std::string reseal(const http::RequestView& request, const Realm& realm = {}) const;
  /// The account behind the claims: from the cache, else from the database. Nullopt when it is gone, disabled, closed
  /// or of another tenant. Up to session.account_cache_lifetime old where its row was changed by SQL.
  Result<std::optional<User>> load(const VerifiedClaims& claims, const TenantName& tenant = {}) const;
  /// The cached one, without I/O.
  std::optional<User> load_cached(const VerifiedClaims& claims, const TenantName& tenant = {}) const;

  /// Calls a phase as a function (docs/architecture.md#phases-as-functions): the same code as HTTP, as a trusted
  /// caller. `params` are the phase's inputs by name; a json input is written out. An action that fails runs
  /// `on_failure` hooks and is logged as over HTTP.
  /// Errors: `not_found` for a subject, strategy or phase that is not declared;
  /// `invalid_input` with the inputs that are missing or wrong; `authentication_failed` for a phase of signed-in
  /// accounts without good claims of this subject and tenant; those of the phase.
  Result<ActionResult> action(const Activity& activity, const std::map<std::string, std::string>& params,
                              const Realm& realm = {});
  /// The same for a caller that is not the application itself, or with more said about it.
  Result<ActionResult> action(const ActionCaller& caller, const Activity& activity,
                              const std::map<std::string, std::string>& params, const Realm& realm = {});

  // Administration: acts of the application itself, spared every limit; check who may call them. Each is done as a
  // whole or not at all. When it answers, this node knows of it; the others do within revocation_bound. The log then
  // has one line `administration` with what was done to which account, never a secret. All may be called at once, from
  // any thread, and each may be repeated: what is so already is no error.
  // Errors they share: `not_found` for a subject that is not declared, a tenant that cannot be, and an account that is
  // not there or, unless said otherwise, closed; `unavailable` while the database is away. With Effect::unknown the
  // answer of the database was lost: it may be done, so do it again.
  Result<std::optional<User>> find_user(const EmailAddress& email, const Realm& realm = {});
  /// Also a closed one, without its address.
  Result<std::optional<User>> find_user(AccountId id);
  /// The same, with what only administrators see.
  Result<std::optional<UserRecord>> find_record(AccountId id) const;
  /// A page of accounts of one subject and tenant, in the order in which they were made. For the next page give the
  /// last id as `after`; the list is over when a page is shorter than its limit. Each page costs the same however many
  /// accounts there are. `invalid_input` for a limit outside its bounds.
  Result<std::vector<UserRecord>> list_users(const UserFilter& filter) const;
  /// Makes an account; signs nobody in. `on_register` hooks run as for any registration (with the strategy
  /// "administration" and the phase "create_user"), so the add-on confirmation mails its link unless `confirmed`.
  /// Nullopt: passwords of this subject are registered with confirm_first, so a mail is on its way, and the account is
  /// made when its owner opens the link; never with `confirmed` or without a password.
  /// `invalid_input` names the field: `email` (invalid, taken), `password` (as a registration says), `extra`, `locale`.
  /// `not_found` when no strategy of the subject has passwords and one is given.
  Result<std::optional<User>> create_user(const NewUser& user);
  /// Marks the account's address as proven and ends its locks, as a mail that is answered does. Credentials from before
  /// stay, so be sure that they are the owner's. `invalid_input` for an account without an address.
  Result<> confirm(AccountId id);
  /// Sets another password, without the one until now. Every session, token, link and code of the account ends, and its
  /// owner is told by mail. The rules for new passwords hold: `invalid_input` for field `password`. `not_found` also
  /// when no strategy of the subject has passwords.
  Result<> set_password(AccountId id, std::string_view password);
  /// Stores the hash of a password that was made elsewhere: Argon2id, bcrypt, scrypt, yescrypt, SHA-crypt, as text in
  /// their usual form. It is replaced by one of ours at the next sign-in. Everything ends, as with set_password; no
  /// mail. `invalid_input` for field `hash` when it is of another kind or asks for too much work.
  Result<> import_hash(AccountId id, std::string_view hash);
  /// A token that signs the account in once, within `lifetime` (one second to one hour): for its owner, from whom you
  /// know who they are. Whoever has it is in. It proves nothing: the session says no method and no fresh credential,
  /// and second factors are asked for. It dies with the account's sessions. `invalid_input` for a lifetime outside its
  /// bounds, `forbidden` for a disabled account, `not_found` also when no strategy of the subject takes such tokens.
  Result<SignInToken> issue_sign_in_token(AccountId id, std::chrono::seconds lifetime = std::chrono::minutes{1});
  /// Disables the account and ends its sessions and tokens everywhere.
  Result<> disable(AccountId id);
  Result<> enable(AccountId id);
  /// Ends every session and token of the account.
  Result<> revoke_all(AccountId id);
  /// Ends one token, whoever has it: a bearer token, the value of a session's cookie (all who are signed in by it), or
  /// the `jti` of a bearer token. Dead when it answers. `not_found` for text that is no token of this application, and
  /// for one that has expired.
  Result<> revoke(std::string_view token);
  Result<> revoke(const Claims& claims);
  /// Whether such a token is dead (of a session's cookie: all of them). `not_found` as above; `unavailable` when it
  /// cannot be known now.
  Result<bool> is_revoked(std::string_view token) const;
  /// Closes the account for good, in one transaction: `on_close` hooks run, its identifiers go (the address is free
  /// again), `extra` and `locale` are emptied, its credentials, links, codes and waiting sign-ins go, where its tokens
  /// were used from is forgotten, and every session and token ends. What was mailed to its address before there was an
  /// account goes too, and so do Rowan's mails to it, sent or not, of this tenant and subject; letters that hooks write
  /// here leave. Its row stays, so that what references it holds. Of an account with more than a thousand tokens, links
  /// or codes the rest of those is forgotten by upkeep, within the hour where Auth::start or run_due_work runs.
  /// Closing again changes nothing. `not_found` when there is no such account.
  Result<> close(AccountId id);
  /// The same, and then the row goes, with everything of Rowan's that references it. Rows of the application that do
  /// must allow it (ON DELETE), or nothing is done; an account with more than a thousand tokens is signed out first,
  /// all the same. An account that is gone already is no error.
  Result<> erase(AccountId id);
  /// Replaces User::extra, an object of at most max_extra_bytes as text; every node's cache forgets the account. An
  /// error: `not_found` (also of a closed account), `invalid_input`.
  static constexpr std::size_t max_extra_bytes = 16 * 1024;
  Result<> update_extra(AccountId id, const Json& extra);
  /// Once after a backup was restored, best before anything serves: every session, token, mailed link, code and pending
  /// flow from before ends, mails that waited are not sent a second time, and no number is given out twice. What was
  /// ended between the backup and its loss would be alive again otherwise. After an error run it again.
  Result<AfterRestore> after_restore();

  // Operation. None of these changes an account; each may be called at any time, on any thread.
  /// Whether a write would succeed now: commits a small one. Whoever asks within a second of
  /// another shares the answer; it comes within three seconds, as `unavailable` when the database needs longer.
  Result<> healthy() const;
  Dialect dialect() const;
  /// Subjects with their strategies, in the order of the declaration. No I/O.
  std::vector<DeclaredSubject> subjects() const;
  /// What a form says beside this field: "This address is taken." No I/O.
  std::string sentence(const FieldError& field, std::string_view language = "en") const;
  /// Of pages and mails: "en", "de" …; and the one that is taken where no other is asked for. No I/O.
  std::vector<std::string> languages() const;
  std::string default_language() const;
  /// Mails of the outbox, the newest first: those that wait and those finished within a week. Without their bodies.
  /// `invalid_input` for a limit outside its bounds.
  Result<std::vector<OutboxEntry>> mails(const MailFilter& filter = {}) const;
  Result<std::optional<OutboxEntry>> mail(MailId id) const;
  /// Makes a waiting mail due now. False when there is none of this id, or it is finished: its body is gone.
  Result<bool> retry_mail(MailId id);
  Result<MailCounts> count_mails() const;
  /// Another process with this database sends the mails: none is logged as waiting for ever when it is put here.
  void mails_are_sent_elsewhere();
  /// The mails of the declared rooms, sorted by name. No I/O.
  std::vector<DeclaredLetter> letters() const;
  /// One of them with an example in every place. `not_found` for another name. No I/O.
  Result<MailMessage> preview_letter(std::string_view name, std::string_view language) const;
  /// Since the last complete look at what was revoked began; nullopt before the first. No I/O.
  std::optional<std::chrono::nanoseconds> revocation_age() const;

  /// For functions of rooms and strategies that take them: strategies::password::issue_sign_in_token. Lives as long as
  /// this.
  const Services& services() const;

 private:
  friend engine::Core& engine::core_of(Auth& auth);
  friend const engine::Core& engine::core_of(const Auth& auth);
  std::unique_ptr<engine::Core> core_;
};

}  // namespace rowan
