#pragma once
// Auth: declares how people sign in, checks that declaration as a whole, and provides the services behind it.
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
#include <rowan/engine/administration/administration.hpp>
#include <rowan/engine/revocation_watch.hpp>
#include <rowan/engine/sessions.hpp>
#include <rowan/engine/strategy.hpp>
#include <rowan/http/client.hpp>
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
  std::chrono::milliseconds revocation_bound{1000};  // every node refuses a revoked token within this time
  std::chrono::milliseconds poll_interval{100};
  /// How long a guard may hand out a cached account. Changes made by Rowan are seen at once on this node and within
  /// revocation_bound on the others; this limit is for rows that you change by SQL.
  std::chrono::seconds account_cache_lifetime{30};
};

/// Who may ask for the state of a token over HTTP (docs/http_contract.md#introspection).
struct IntrospectionClient {
  std::string id{};
  Secrets secrets;  // 32 bytes or more each; any of them is taken, so that you can change it
};

/// How bearer tokens are signed, and what they say (docs/http_contract.md#tokens).
struct TokenOptions {
  /// HS256, HS384, HS512: by the master secrets, so only this application can verify. RS256, RS384, RS512, PS256,
  /// PS384, PS512, ES256, ES384, ES512, EdDSA (Ed25519): by keys that Rowan makes, rotates and publishes at
  /// /.well-known/jwks.json, so that other services can verify tokens by themselves.
  std::string algorithm = "HS256";
  /// Other algorithms whose tokens are accepted, too. To change the algorithm, first let every node accept the new one,
  /// then change `algorithm` and accept the old one, until its last token has expired.
  std::vector<std::string> accept{};
  std::vector<std::string> audience{};   // `aud` where there are several; all of them must match
  std::chrono::seconds leeway{60};       // before nbf, for clocks that differ; there is none after exp
  std::string acr{}, acr_two_factors{};  // `acr` after a sign-in with one factor, and with two; empty: not said
  /// Added to every token, behind Rowan's own claims; those of claims_of and of Auth::issue go before these. At most a
  /// kibibyte together. Registered names are refused.
  Json claims = Json({});
  /// The same, of the account. Called after the sign-in was committed. It makes no query and does not wait.
  std::function<Json(const User&)> claims_of{};
  /// Of keys. A new one is published so long before it signs; the old one stays until its last token has expired.
  std::chrono::seconds rotate_every = std::chrono::days{90};  // 0: never by itself
  std::chrono::seconds publish_before = std::chrono::hours{1};
  int rsa_bits = 3072;                                 // of RS and PS keys: 3072 to 4096
  std::optional<IntrospectionClient> introspection{};  // absent: no such endpoint
};

/// Who must have a second factor. Such an account without one is led to set it up while it signs in.
struct SecondFactorPolicy {
  /// Called in the transaction of a sign-in: it makes no query. Absent: nobody must.
  std::function<bool(const User&)> required{};
  /// For so long after its registration, or after `since` if that is later, an account may go on without.
  std::chrono::seconds grace{0};
  Timestamp since{};  // when you began to require it
  /// How long a browser that its owner trusts is not asked for a second factor. 0: that is not offered.
  std::chrono::seconds trust_browsers{0};
};

struct AuthOptions {
  // Required.
  Required<std::string> base_url;  // "https://notes.example"; http only for loopback, and only with
                                   // allow_insecure_cookies_for_development
  Required<Database&> database;
  Required<Mailer&> mailer;
  Required<Secrets> secret;  // 32 bytes or more each, newest first
  // How people sign in.
  std::vector<Strategy> strategies{};  // shorthand for a single subject "user"
  std::vector<AddOn> add_ons{};
  std::vector<SubjectOptions> subjects{};  // instead of the two above
  /// The tenant of a request. Absent: one tenant ''. Called for every request on the host's event loop, on any thread:
  /// it must not wait, so it makes no query.
  std::function<std::string(const http::Request&)> tenant_of{};
  /// The base URL of each tenant, if tenants have host names of their own. Links in mails, redirects and the origin
  /// check of forms use it. It must have the scheme and path of base_url; otherwise requests of that tenant get 500.
  /// Absent: base_url for all. Called as tenant_of is: it must not wait.
  std::function<std::string(const TenantName& tenant)> base_url_of{};
  Hooks hooks{};  // your application's
  // Behaviour.
  SessionOptions session{};
  SecondFactorPolicy second_factor{};
  /// The notices to account owners that are not sent, by the names of their letters: "password/changed". The others
  /// are.
  std::vector<std::string> notices_off{};
  std::chrono::seconds token_lifetime = std::chrono::days{14};
  std::string audience{};  // `aud` of tokens; empty: base_url
  TokenOptions tokens{};
  Argon2Options argon2{};
  PagesOptions pages{};
  /// Other front ends of this application whose pages may send requests that change something, as browsers name them:
  /// "https://app.notes.example". Pages of every other origin are refused (403). Rowan answers no CORS preflights.
  std::vector<std::string> allowed_origins{};
  std::vector<std::string> trusted_proxies{};  // CIDR ranges whose X-Forwarded-For is believed
  bool limits_enabled = true;                  // set it to false only for load tests
  bool allow_insecure_cookies_for_development = false;
  http::ClientOptions outgoing{};  // of the requests that Rowan makes itself, to providers
  // Replaceable dependencies, for tests; null: the real one.
  Clock* clock = nullptr;
  Random* random = nullptr;
  Scheduler* scheduler = nullptr;
  Logger* logger = nullptr;
  PasswordHasher* hasher = nullptr;
  http::Client* http_client = nullptr;
};

/// The guard's verdict (docs/architecture.md#the-guard).
struct GuardAccepted {
  VerifiedClaims claims;
  /// The session cookie should be renewed: call Auth::reseal when you write the answer, and send what it returns.
  bool reseal = false;
};
struct GuardRefused {
  enum class Why : std::uint8_t {
    missing,
    malformed,  // not issued by this application, or damaged
    not_yet_valid,
    expired,
    idle,
    revoked,
    wrong_purpose,
    wrong_tenant,
    account_gone
  } why = Why::missing;
  /// Of a strategy's own credential: more precisely, for the log. A literal.
  std::string_view reason{};
};
struct GuardUndecided {     // call decide() on a thread that may block
  TokenNumbers numbers{};   // of a session or a bearer token; zero: what was presented has to be checked first
  bool remembered = false;  // there is no session, but the browser has what it can be signed in again by
};
using GuardVerdict = std::variant<GuardAccepted, GuardRefused, GuardUndecided>;

enum class GuardKind : std::uint8_t { session, bearer, session_or_bearer };

/// Who calls a phase as a function (Auth::action).
struct ActionCaller {
  /// True: the application acts for itself, and no limit applies. False: the application passes on someone else's
  /// request, as another front end does. Then the limits count `address` as they do over HTTP, and phases that no mount
  /// answers are refused.
  bool trusted = true;
  http::IpAddress address{};
  std::string user_agent{};
  std::string language{};                  // of answers and mails; empty or not available: the default language
  std::optional<VerifiedClaims> claims{};  // of the user who is signed in; they are checked again
  std::string pending_flow{};              // of ActionResult: the sign-in that waits for its second factor
  std::string device{};                    // the value of the device cookie, if there is one
  std::string return_to{};                 // a path on this site
};

/// The result of Auth::action.
struct ActionResult {
  std::optional<User> user{};          // the user who is now signed in, or who needs a second factor
  bool registered = false;             // this call made the account
  std::optional<std::string> token{};  // a bearer token for the user
  std::optional<Json> presented{};
  std::optional<std::string> redirect{};  // send the visitor to this URL
  std::optional<std::string> pending_flow{};
  std::vector<std::string> factors{};  // with pending_flow: the second factors of the account
  std::vector<std::string> set_up{};   // with pending_flow: see PendingFlow
  std::optional<std::string> flow{};   // pass it to the phase that follows (otp)
  bool taken_over = false;             // credentials and sessions from before are gone, see Hooks::on_taken_over
  bool session_ended = false;          // the account is no longer signed in here: forget its session or token
};

/// What after_restore() has ended.
struct AfterRestore {
  std::int64_t numbers_from = 0;  // the first number given out from now on; tokens with a smaller one are refused
  std::int64_t links = 0, codes = 0, flows = 0;
  std::int64_t mails = 0;  // mails that were waiting and will not be sent
};

/// Thread-safe. No background work runs before start(); docs/architecture.md#time-randomness-and-waiting lists the
/// threads that may exist before.
class Auth {
 public:
  /// Throws one ConfigError with every problem found.
  explicit Auth(AuthOptions options);
  ~Auth();
  Auth(const Auth&) = delete;
  Auth& operator=(const Auth&) = delete;

  /// Every migration of Rowan's core and of the declared strategies, in order.
  std::vector<Migration> migrations() const;
  Result<std::vector<std::string>> migrate();
  /// Which of these migrations are applied. Changes nothing. `unavailable` while the database cannot be reached.
  Result<std::vector<MigrationState>> migration_states() const;

  /// Starts the background work: reading the revocation feed, sending mails, removing expired rows. Idempotent.
  void start();
  void stop();
  /// Does once, now, what of that work is due. Call it from your own loop instead of start(), or in tests. Expired rows
  /// are removed once an hour, for a fifth of a second at most; the next call continues.
  void run_due_work();

  /// No I/O, no allocation: safe on an event loop. No lock either, but that of a look-up in memory for an API key and
  /// for a token with a public-key signature. Such a token is undecided when it comes for the first time. Claims of
  /// another tenant are refused. A bearer kind takes API keys, too, where a strategy has them: look at
  /// Claims::using_api_key before you do what only the account's owner may.
  GuardVerdict authenticate(const http::RequestView& request, GuardKind kind = GuardKind::session,
                            const Realm& realm = {}) const;
  /// Settles what was undecided; may block up to 0.5 s. `unavailable` when the revocations cannot be read.
  /// A browser that is remembered and has no session is refused.
  Result<GuardVerdict> decide(const http::RequestView& request, GuardKind kind = GuardKind::session,
                              const Realm& realm = {}) const;
  /// The same, and signs such a browser in. Then `set_cookies` has headers Set-Cookie, which the answer must carry: by
  /// them the browser is remembered from now on. `visitor`: what you know about who sent it, for the list of sessions;
  /// its `device` is read from the cookies.
  Result<GuardVerdict> decide(const http::RequestView& request, GuardKind kind, const Realm& realm,
                              const Visitor& visitor, std::vector<std::string>& set_cookies) const;
  /// The Set-Cookie header for the answer to a request whose GuardAccepted says `reseal`; empty when there is nothing
  /// to send. Only handlers in your server's own style need it; routes of a Site do it themselves. Call it when you
  /// write the answer, not when the request comes in, so that it cannot bring back a session that was replaced or
  /// signed out in between. Do not send it with a refusal. No I/O, no lock.
  std::string reseal(const http::RequestView& request, const Realm& realm = {}) const;
  /// The claims that you added to the bearer token of a request (TokenOptions::claims, claims_of). `{}` without such a
  /// token; `authentication_failed` when it is not accepted. May block as decide() does.
  Result<Json> token_claims(const http::RequestView& request, const Realm& realm = {}) const;
  /// The account behind the claims: from the cache, else from the database. Null when it is gone, disabled, closed or
  /// of another tenant. It is shared with other requests and never changes. If you changed its row by SQL, it can be up
  /// to session.account_cache_lifetime old.
  Result<std::shared_ptr<const User>> load(const VerifiedClaims& claims, const TenantName& tenant = {}) const;
  /// The cached one, without I/O and without allocation. Null when it is not in the cache, too.
  std::shared_ptr<const User> load_cached(const VerifiedClaims& claims, const TenantName& tenant = {}) const;

  /// Calls `callback` once, when these claims come to their end: their session or token was revoked on this or any
  /// other node (signed out, ended, a new generation of the account or tenant, a retired signing key), they have
  /// expired, or the revocations have not been readable for longer than session.revocation_bound and half a second, in
  /// which case the guard refuses, too. So a connection that stays open is closed as fast as a request would be
  /// refused. What it does not count: session.idle, and what a guard asks besides (Guard::within, scopes). An API key
  /// whose account gets a new generation (a new password) works on, but its watch ends: let the client connect again.
  /// The callback runs on a thread of start() or in run_due_work(), never in this call, and then at once when the
  /// claims have ended before. It holds up the callbacks behind it, so it only hands on: it closes a socket. What it
  /// throws is logged. No I/O; a watch costs nothing while nothing happens to its claims.
  RevocationWatch on_revoked(const Claims& claims, ClaimsEnded callback);

  /// Calls a phase as a function (docs/architecture.md#phases-as-functions), as a trusted caller. It runs the same code
  /// as a request over HTTP. `params` are the phase's inputs by name; give a json input as JSON text. A failure runs
  /// the `on_failure` hooks and is logged, as over HTTP.
  /// Errors: `not_found` for a subject, strategy or phase that is not declared;
  /// `invalid_input` with the inputs that are missing or wrong; `authentication_failed` when the phase is for signed-in
  /// users and there are no valid claims of this subject and tenant; the errors of the phase.
  Result<ActionResult> action(const Activity& activity, const std::map<std::string, std::string>& params,
                              const Realm& realm = {});
  /// The same for a caller that is not the application itself, or about which you know more.
  Result<ActionResult> action(const ActionCaller& caller, const Activity& activity,
                              const std::map<std::string, std::string>& params, const Realm& realm = {});

  // Administration. No limit applies to these functions, so check yourself who may call them. Each takes effect as a
  // whole or not at all: on this node before it returns, on the others within revocation_bound. The log then has one
  // line `administration` that says what was done to which account, and never contains a secret. You can call them
  // concurrently from any thread, and repeat each of them: it is not an error when the account is already in the
  // requested state.
  // Errors they share: `not_found` for a subject that is not declared, for an invalid tenant name, and for an account
  // that does not exist or (unless said otherwise) is closed; `unavailable` while the database cannot be reached. With
  // Effect::unknown the answer of the database was lost: the call may have taken effect, so repeat it.
  Result<std::optional<User>> find_user(const EmailAddress& email, const Realm& realm = {});
  /// Finds closed accounts too; they have no address.
  Result<std::optional<User>> find_user(AccountId id);
  /// The same, with the fields that only administrators see.
  Result<std::optional<UserRecord>> find_record(AccountId id) const;
  /// A page of the accounts of one subject and tenant, oldest first. For the next page pass the last id as `after`. The
  /// list ends with a page that is shorter than the limit. A page costs the same however many accounts there are.
  /// `invalid_input` for a limit outside its bounds.
  Result<std::vector<UserRecord>> list_users(const UserFilter& filter) const;
  /// Makes an account, without signing in. The `on_register` hooks run as for any registration (with the strategy
  /// "administration" and the phase "create_user"), so the confirmation add-on mails its link unless `confirmed`.
  /// The account is made at once, also where people who register must confirm first. Unless `confirmed`, the one who
  /// proves the address takes the account over, as with any account: the password that you gave and `extra` are dropped
  /// then. Say `confirmed` when you know that the address is theirs, as with an invitation.
  /// `invalid_input` names the field: `email` (invalid, taken), `password` (as a registration says), `extra`, `locale`.
  /// `not_found` when no strategy of the subject has passwords and one is given.
  Result<User> create_user(const NewUser& user);
  /// Marks the account's address as proven and ends its locks, as a used confirmation link does. Existing credentials
  /// stay valid, so be sure that they are the owner's. `invalid_input` for an account without an address.
  Result<> confirm(AccountId id);
  /// Sets a new password without asking for the current one. Every session, token, link and code of the account ends,
  /// and its owner is told by mail. The rules for new passwords apply: `invalid_input` for field `password`.
  /// `not_found` also when no strategy of the subject has passwords.
  Result<> set_password(AccountId id, std::string_view password);
  /// Stores a password hash from another system: Argon2id, bcrypt, scrypt, yescrypt or SHA-crypt, in the usual text
  /// form. The next sign-in replaces it by a hash of ours. Sessions, tokens, links and codes end as with set_password,
  /// but no mail is sent. `invalid_input` for field `hash` when it is of another kind or would cost too much to verify.
  Result<> import_hash(AccountId id, std::string_view hash);
  /// A token that signs the account in once, within `lifetime` (one second to one hour; nullopt: what the strategy's
  /// options say). Anyone who has it can sign in,
  /// so give it only to the owner, whose identity you have checked. It proves nothing by itself: the session has no
  /// method and no fresh credential, and second factors are still asked for. It ends with the account's sessions.
  /// `invalid_input` for a lifetime outside its bounds, `forbidden` for a disabled account, `not_found` also when no
  /// strategy of the subject takes such tokens.
  Result<SignInToken> issue_sign_in_token(AccountId id, std::optional<std::chrono::seconds> lifetime = {});
  /// What the account has set up: authenticators, passkeys, recovery codes; without any secret.
  Result<std::vector<Factor>> factors(AccountId id) const;
  /// Takes the account's second factors and recovery codes away, ends everything of it, and mails its owner. For
  /// someone who lost them all: make sure first that it is the owner who asks, at least as surely as a sign-in with a
  /// second factor would. What the account signs in with first stays; a passkey goes. Without any it does nothing.
  Result<> reset_factors(AccountId id);
  /// A token with which your application calls a provider for the account, for a strategy whose `accounts.keep_tokens`
  /// is on: its access token, refreshed before it expires, once, however many callers ask on however many nodes. It may
  /// call the provider and wait for it: call it where you may block, and hold no transaction.
  /// `not_found` when no token is kept: the person has not signed in by this strategy since it keeps them, or the
  /// provider was disconnected. `authentication_failed` when the provider takes the refresh token no more; nothing is
  /// kept then. In both cases the person signs in with the provider again. `forbidden` for a disabled account,
  /// `unavailable` while the provider cannot be reached.
  Result<ProviderToken> provider_token(AccountId id, std::string_view strategy) const;
  /// Disables the account and ends its sessions and tokens everywhere.
  Result<> disable(AccountId id);
  Result<> enable(AccountId id);
  /// Ends every session and token of the account.
  Result<> revoke_all(AccountId id);
  /// Ends some of them and says how many. Without a condition it is revoke_all(id), and counts a thousand at most; else
  /// links, codes and known browsers stay. More than a thousand take several transactions: repeat it after an error.
  Result<std::int64_t> revoke_all(AccountId id, const RevokeWhich& which);
  /// The sessions and tokens of the account that work, the one used last first. Those that ended, expired or were idle
  /// for too long are left out. At most max_sessions_listed.
  static constexpr std::size_t max_sessions_listed = 1000;
  Result<std::vector<SessionRecord>> sessions(AccountId id) const;
  /// Ends one of them, by its SessionRecord::id. `not_found` also when the account has no such session. It is no error
  /// when it has ended.
  Result<> end_session(AccountId id, std::string_view session);
  /// Ends one token: give a bearer token, its `jti`, or the value of a session cookie (which ends the sessions of all
  /// subjects in it). This node refuses it when the call returns. `not_found` for text that is not a token of this
  /// application, and for an expired token.
  Result<> revoke(std::string_view token);
  Result<> revoke(const Claims& claims);
  /// Whether such a token is revoked (for a session cookie: all of its sessions). `not_found` as above; `unavailable`
  /// when this cannot be determined now.
  Result<bool> is_revoked(std::string_view token) const;
  /// A token of your own for the account, such as one for an unsubscribe link: for one purpose, which check() has to
  /// name. It is no session and no bearer token, ends with the account's sessions, and revoke() takes it.
  /// `invalid_input` for a purpose, lifetime or claims outside their bounds; `forbidden` for a disabled account.
  Result<std::string> issue(AccountId id, const TokenWish& wish);
  /// Verifies such a token: signature, purpose, time, realm, and that it was not revoked. May block.
  /// `authentication_failed` with a reason for the log; `unavailable` when that cannot be known now.
  Result<CheckedToken> check(std::string_view token, std::string_view purpose, const Realm& realm = {}) const;
  // The keys that sign tokens, where TokenOptions::algorithm has public ones; `not_found` otherwise.
  /// Those that are published, the newest first.
  Result<std::vector<SigningKeyRecord>> signing_keys() const;
  /// Makes the next key, which signs after publish_before, or `at_once`; services that keep the old list of keys refuse
  /// its tokens until they read the new one. Returns its kid.
  Result<std::string> rotate_signing_key(bool at_once = false);
  /// Ends a key before its time, as when it may have leaked: its tokens are refused, and it is published no more.
  /// `not_found` when there is no such key.
  Result<> retire_signing_key(std::string_view kid);
  // API keys, where a strategy of the subject has them (rowan::api_key); `not_found` otherwise.
  /// Makes a key for the account, as its owner could, and tells them by mail. `forbidden` for a disabled account;
  /// `invalid_input` names the field: `name` (too_many, too_long …), `expires_at`, `scopes`.
  Result<NewKey> create_key(AccountId id, const KeyWish& wish);
  /// Those of the account, the newest first.
  Result<std::vector<KeyRecord>> keys(AccountId id) const;
  /// Ends one of them. `not_found` also when the account has no such key.
  Result<> revoke_key(AccountId id, std::string_view key);
  /// Closes the account for good, in one transaction:
  /// - `on_close` hooks run; letters that they write are sent;
  /// - its identifiers are deleted, so its address can be used again, and `extra` and `locale` are emptied;
  /// - its credentials, links, codes and waiting sign-ins are deleted, and so is where its tokens were used from;
  /// - links and codes that were mailed to its address before it existed are deleted, and so are Rowan's mails to that
  ///   address in this tenant and subject, sent or not;
  /// - every session and token ends.
  /// The row itself stays, so that foreign keys to it hold. If the account has more than a thousand tokens, links or
  /// codes, the background work deletes the rest of them within the hour (if Auth::start or run_due_work runs).
  /// Closing again changes nothing. `not_found` when there is no such account.
  Result<> close(AccountId id);
  /// Closes the account, then deletes its row and all rows of Rowan that reference it. Your own rows that reference it
  /// must allow that (ON DELETE); otherwise the account stays as it was. An account with more than a thousand tokens is
  /// closed first, and its tokens are deleted bit by bit: after an error it may be closed and not yet deleted, so erase
  /// it again. It is not an error when the account does not exist any more.
  Result<> erase(AccountId id);
  /// Replaces User::extra, an object of at most max_extra_bytes as text. Every node drops the account from its cache.
  /// Errors: `not_found` (also for a closed account), `invalid_input`.
  static constexpr std::size_t max_extra_bytes = 16 * 1024;
  Result<> update_extra(AccountId id, const Json& extra);
  /// Call it once after you restored a backup, if possible before anything serves. It ends every session, token, mailed
  /// link, code and pending flow from before, gives up the mails that were waiting (they may have been sent already),
  /// and makes sure that no number is given out twice. Without it, everything that ended after the backup was made
  /// would work again. After an error call it again.
  Result<AfterRestore> after_restore();

  // Operation. None of these functions changes an account. You can call each at any time, on any thread.
  /// Whether a write would succeed now: it commits a small one. Calls within one second of each other share the answer.
  /// The answer comes within three seconds; it is `unavailable` when the database needs longer.
  Result<> healthy() const;
  Dialect dialect() const;
  /// Subjects with their strategies, in the order of the declaration. No I/O.
  std::vector<DeclaredSubject> subjects() const;
  /// The sentence that a form shows beside this field: "Fill in this field." No I/O.
  std::string sentence(const FieldError& field, std::string_view language = "en") const;
  /// The languages of pages and mails: "en", "de" …; and the one that is used when a visitor asks for none of them. No
  /// I/O.
  std::vector<std::string> languages() const;
  std::string default_language() const;
  /// Mails of the outbox, newest first, without their bodies: those that are waiting and those finished within a week.
  /// `invalid_input` for a limit outside its bounds.
  Result<std::vector<OutboxEntry>> mails(const MailFilter& filter = {}) const;
  Result<std::optional<OutboxEntry>> mail(MailId id) const;
  /// Makes a waiting mail due now. False when there is no mail with this id, or when it is finished: its body is gone.
  Result<bool> retry_mail(MailId id);
  Result<MailCounts> count_mails() const;
  /// Looks for what is wrong between this application and the provider of a strategy, such as one made by oidc(): asks
  /// the provider for what it says of itself and compares. "dynamic_oidc/<id>" is one of many. Blocks for as long as
  /// its answers take. `not_found` when the subject has no such strategy, or one that calls no one.
  Result<std::vector<Finding>> examine(std::string_view strategy, const Realm& realm = {}) const;
  /// Call it when another process with this database sends the mails. Without it, and without start() or
  /// run_due_work(), the log warns once that mails are waiting (`mails_wait`).
  void mails_are_sent_elsewhere();
  /// The mails of the declared rooms, sorted by name. No I/O.
  std::vector<DeclaredLetter> letters() const;
  /// One of them, filled with example data. `not_found` for any other name. No I/O.
  Result<MailMessage> preview_letter(std::string_view name, std::string_view language) const;
  /// The time since the last complete read of the revocations began; nullopt before the first. No I/O.
  std::optional<std::chrono::nanoseconds> revocation_age() const;

  /// For functions that take Services, such as strategies::password::issue_sign_in_token. Lives as long as the Auth.
  const Services& services() const;

 private:
  friend engine::Core& engine::core_of(Auth& auth);
  friend const engine::Core& engine::core_of(const Auth& auth);
  std::unique_ptr<engine::Core> core_;
};

}  // namespace rowan
