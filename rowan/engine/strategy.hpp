#pragma once
// Strategy: a value that declares itself. Routes, pages, migrations, limits and docs are derived from it
// (docs/architecture.md#strategies).
#include <chrono>
#include <functional>
#include <optional>
#include <rowan/base/email_address.hpp>
#include <rowan/base/embedded.hpp>
#include <rowan/engine/hooks.hpp>
#include <rowan/engine/keys.hpp>
#include <rowan/engine/outcome.hpp>
#include <rowan/engine/parts/guesses.hpp>
#include <rowan/engine/parts/letter_spec.hpp>
#include <rowan/engine/parts/option.hpp>
#include <rowan/engine/phase_context.hpp>
#include <rowan/engine/remembered_browser.hpp>
#include <rowan/engine/request_credential.hpp>
#include <rowan/http/message.hpp>
#include <rowan/storage/migrator.hpp>
#include <rowan/storage/sweep.hpp>
#include <string>
#include <vector>

namespace rowan {

/// What answering costs, and so which bounded pool it waits in (docs/architecture.md#costs-and-pools).
enum class Cost { none, database, hash, outgoing };

/// One field a phase reads.
struct Input {
  /// flow: what ties this request to the one that started it: from the state cookie on the web, field `flow` on the
  /// API.
  enum class Kind { text, email, password, flag, token, integer, json, flow };
  std::string name{};
  Kind kind = Kind::text;
  bool required = true;
  bool top_level = false;  // beside the subject instead of nested under it (`flow`, OAuth's `code`)
  bool in_path = false;    // ":name" of Phase::path instead of a field
  std::size_t max_bytes = 1024;
  /// Of a flow: the field that says which one is meant, of several that a browser keeps (tokens::id_of_flow). Without
  /// such a field it is the newest; for a cross_site phase none.
  std::string flow_id = "flow_id";
  std::string description{};  // for `rowan routes --json`, documentation and OpenAPI
  bool secret() const { return kind == Kind::password || kind == Kind::token; }
};

/// How often a phase may run, counted atomically in the database before it runs (THR-01).
struct RateLimit {
  enum class Per { client, identifier, account };         // the visitor's network; the value of `input`; the account
  enum class AfterSuccess { kept, given_back, cleared };  // this attempt stays, goes, or goes with all before it
  std::string name{};
  Per per = Per::client;
  std::string input{};  // for Per::identifier
  std::int64_t max = 10;
  std::chrono::seconds window{300};
  /// One count for all strategies that declare this name: mails to one recipient (THR-09).
  bool across_strategies = false;
  AfterSuccess after_success = AfterSuccess::kept;
  protection::OverLimit over = protection::OverLimit::refuse;
};

/// Who may run a phase or see a page. People who may not are led to the sign-in page and back; programs get 401.
enum class Who {
  anybody,
  session,              // who is signed in
  pending,              // who has shown a first factor and waits for the second: PhaseContext::pending
  session_or_pending,   // either; both: the sign-in that waits is meant
  session_or_enrolling  // who is signed in, or who has to set up a second factor to go on: PendingSignIn::enrols
};

struct Phase {
  std::string name{};  // "sign_in"
  std::string path{};  // below /S/N: "/sign_in"; may hold ":parameters"; "" is /S/N itself
  std::vector<http::Method> methods{http::Method::post};
  Cost cost = Cost::database;
  std::vector<Input> inputs{};
  std::vector<RateLimit> limits{};
  Who who = Who::anybody;       // others are refused with 401 before it runs
  bool web = true, api = true;  // mounts it appears on
  /// Another site sends people here, as a provider does, so neither Origin nor a form's token is asked for. The phase
  /// itself must tie the request to this browser (Redirect::flow), and change nothing without that.
  bool cross_site = false;
  /// A GET of it begins something, so it counts only when the visitor began it on this site: by a link of a page of
  /// ours, which carries the form's token, or by typing its address. Anyone else is led to the sign-in page.
  bool begun_here = false;
  /// The template with this phase's form, unless that is a panel or a Page. It is shown again after a failure.
  std::string page{};
  /// The sentence shown after a sign-in by it, made by rowan::sentence(); empty: "You're signed in."
  std::string done{};
  /// What Input::Kind::flow and Accepted::flow are kept under in a browser, where phases of several strategies share
  /// one; empty: the strategy's name.
  std::string flow_name{};
  /// The sentence for a wrong credential, made likewise; empty: the one that fits the inputs.
  std::string failed{};
  std::string description{};
  std::function<Result<Outcome>(const PhaseContext&)> run{};
  /// Another server calls it, such as a provider's: no cookie is read or set and the answer is JSON, on the web mount
  /// as well. The application's controllers are not asked.
  bool for_servers = false;
  /// What happened when it succeeded, for the owner's list of recent activity, made likewise: "Password changed".
  /// Empty: it is listed as a sign-in when it is one, else not at all.
  std::string happened{};
};

/// How a strategy shows itself on the sign-in, register and account pages; the engine composes them
/// (docs/architecture.md#panels-pages-and-options).
struct Panel {
  /// On second_factor: what asks for this strategy's factor; shown to who has one (Hooks::factors). On set_up: what
  /// leads to setting one up; shown to who has none and needs one.
  enum class Place { sign_in, register_, reset, account, second_factor, set_up };
  enum class Kind { form, link, button };
  Place place = Place::sign_in;
  Kind kind = Kind::form;
  int order = 0;                // within its kind
  std::string template_name{};  // "password/sign_in.html"
  std::string phase{};          // whose field errors belong to it
  std::string
      title{};         // the link to it where another is shown, made by rowan::sentence(): "Use your authenticator app"
  std::string page{};  // of kind link: the Page::path that it leads to; the template gets its address as `href`
  /// More for the template; may be empty. The pages for signing in, registering and resetting are made on the host's
  /// event loop: there it must not wait, so it makes no query.
  std::function<Json(const PhaseContext&)> fill{};
  /// Scalars that every panel of the page gets: {{"passkey_autofill", true}}.
  Json for_all = Json({});
};

/// A page of a room, shown by GET: it changes nothing (REC-07). Several strategies and subjects may share one.
struct Page {
  /// What in Routes mounts it. The first three let the application choose its path; under account_routes it is below
  /// the account page.
  enum class With { reset_route, confirm_route, magic_sign_in_route, account_routes, auth_routes };
  With with = With::auth_routes;
  std::string path{};      // "/password-reset". Rooms find the chosen one by PhaseContext::token_url
  bool has_token = false;  // the token of a mailed link follows: "/password-reset/:token"
  Who who = Who::anybody;
  Cost cost = Cost::database;
  std::string description{};    // for `rowan routes` and documents
  std::string template_name{};  // "password/reset.html"
  std::string phase{};          // whose form it has; shown again after a failure
  /// Composed of the panels of that place instead of `template_name`.
  std::optional<Panel::Place> place{};
  /// It only leads to that page, where this strategy's panel is shown first: "/second-factor".
  std::string leads_to{};
  /// People are led here after their account got its first second factor, because there is something to keep for the
  /// day it is out of reach. `return_to` leads on from it.
  bool after_first_factor = false;
  /// What the template gets. About a token (who asked, when, from where): an error shows the same page for every bad
  /// one. `token` is empty where there is none.
  std::function<Result<Json>(const PhaseContext&, std::string_view token)> look{};
};

/// A JSON document about this host for programs (RFC 8615), mounted by auth_routes at the root of the host, whatever
/// base_url's path is. Where several strategies or subjects declare one of the same name, the first that answers does.
struct WellKnown {
  std::string name{};  // "webauthn": /.well-known/webauthn
  std::string description{};
  /// Nullopt: 404. Called on the host's event loop, on any thread: it must not wait.
  std::function<std::optional<Json>(const Services&, const TenantName&)> document{};
};

/// What a held registration's flow is kept under in a browser: that of the phases that register, confirm and resend.
inline constexpr std::string_view registration_flow = "registration";

/// A registration that waits until its address is proven (`confirm_first`): kept server-side, no account is made
/// before.
struct HeldRegistration {
  EmailAddress email;
  std::string strategy{};       // whose `adopt` takes the credentials
  Json credentials = Json({});  // hashes and the like; never what was typed
  Json extra = Json({});        // User::extra
};

/// What the add-on that proves addresses lets other rooms ask of it, inside their transaction. It writes the same rows
/// for every address.
struct Confirming {
  /// Mails a link that makes the account; when the address is taken, a mail that says so to its owner. Returns the flow
  /// to answer (Accepted::flow). A browser or program that holds it gets the account with these credentials; opened
  /// elsewhere, the link makes the account without them.
  std::function<Result<std::string>(Transaction&, const PhaseContext&, const HeldRegistration&)> hold{};
};

/// With which an application calls a provider for an account (Auth::provider_token).
struct ProviderToken {
  Secret access_token;
  std::optional<Timestamp> expires_at{};  // nullopt: the provider did not say
  std::string scope{};                    // as the provider said it; empty: what was asked for
};

/// A session or token that a transaction makes.
struct TokenMade {
  const Claims& claims;
  const Json& origin;                          // SignedIn::origin; {} when it only goes on from another
  std::optional<std::int64_t> goes_on_from{};  // the number of the session or token that it replaces or was made from
};

/// Where a person who signs out here can sign out, too.
struct SignOutElsewhere {
  std::string url{};   // empty: nowhere
  std::string name{};  // as people know it
};

/// Something that was looked at, between us and another server.
struct Finding {
  std::string about{};  // "clock"
  std::string says{};   // what was found, and what to do when it is not well
  bool is_well = true;
};

/// A copyable value; options with secrets sit behind shared_ptr<const …> in its closures.
struct Strategy {
  std::string name{};
  Proves proves{};  // what a sign-in by it proves; SignedIn::proves goes before it
  std::vector<Phase> phases{};
  std::vector<Panel> panels{};
  std::vector<Page> pages{};
  std::vector<WellKnown> well_known{};
  std::vector<LetterSpec> letters{};  // every mail it sends
  std::vector<Migration> migrations{};
  /// Of strategies outside the library; ours are compiled in. "badge/pages/sign_in.html" is "badge/sign_in.html" to
  /// panels, "badge/mails/note.txt" is the letter "badge/note".
  std::vector<EmbeddedFile> templates{};
  Hooks hooks{};
  /// Stores the credentials of a HeldRegistration whose account was just made, in that transaction.
  std::function<Result<>(Transaction&, const Services&, AccountId, const Json& credentials)> adopt{};
  Confirming confirming{};
  /// The limits of guesses at the secret that this strategy keeps, wherever it is asked for. A sign-in in another way
  /// ends a lock that they caused.
  std::optional<GuessLimits> guesses{};
  /// Whether this is the account's secret (its password), asked before something that cannot be undone; nullopt when
  /// the account has none here. Counts the guess, like every place that asks for the secret. An error after too many.
  std::function<Result<std::optional<bool>>(const PhaseContext&, AccountId, std::string_view secret)> check_secret{};
  /// Stores such a secret, as make_credentials made it, without the old one, and tells the owner by mail. The engine
  /// ends every session of the account in the same transaction.
  std::function<Result<>(Transaction&, const Services&, const User&, const Json& credentials)> set_secret{};
  /// Takes back a change of a factor: `data` is Undoing::data. The engine ends everything of the account in the same
  /// transaction. It is no error when it is so already.
  std::function<Result<>(Transaction&, const Services&, const User&, const Json& data)> undo{};
  /// A new secret as `adopt` and `set_secret` take it (a hash), for the account with this address: the policy holds;
  /// stores nothing.
  std::function<Result<Json>(const Services&, const EmailKey& address, std::string_view secret)> make_credentials{};
  /// Stores the hash of such a secret that was made elsewhere. `invalid_input` for field `hash`.
  std::function<Result<>(const Services&, Transaction&, AccountId, std::string_view hash)> import_secret{};
  /// A token that signs the account in once by this strategy's phase sign_in_with_token and proves nothing.
  std::function<Result<std::string>(const Services&, Transaction&, const User&, std::int64_t generation,
                                    std::chrono::seconds lifetime)>
      issue_sign_in{};
  /// Whether its owner could sign in to this account by this strategy alone, now. Before something is removed that
  /// signs in, ask the others whether a way in is left (has_other_way_in). Absent: never.
  std::function<Result<bool>(SqlConnection&, const Services&, const User&)> signs_in{};
  /// A token of the provider that this strategy signs in with, refreshed where it has to be; see Auth::provider_token.
  /// It may call the provider and wait: no transaction is open.
  std::function<Result<ProviderToken>(const Services&, AccountId)> provider_token{};
  std::chrono::seconds sign_in_lifetime{60};  // of such a token, where none is asked for
  /// Its options with the values in effect; their bounds are checked at start-up.
  OptionSet options{};
  /// Problems of the options that bounds cannot express, each with the option's name and a fix; reported with all
  /// others at start-up.
  std::function<std::vector<std::string>(const struct SubjectView&)> check{};
  /// Old data this strategy can drop, bit by bit (`sweep.remove`); run about once an hour.
  std::function<Result<>(const Services&, Sweep& sweep)> expire{};
  /// A session or token was made of a sign-in of this strategy that has an `origin`, or goes on from one that has this
  /// strategy among its methods. Inside its transaction: an error refuses the sign-in.
  std::function<Result<>(Transaction&, const Services&, const TokenMade&)> on_token{};
  /// The owner of this session signs out in a browser; it has this strategy among its methods. Inside the transaction
  /// that ends it. `state` is what the address brings back to the sign-out page, which then says that it is done.
  std::function<Result<SignOutElsewhere>(Transaction&, const Services&, const Claims&, std::string_view state)>
      signs_out_elsewhere{};
  /// Looks for what is wrong between us and the provider of this strategy, for `rowan doctor`. Calls it, and waits.
  /// `which` is empty but where a strategy has many: what follows its name, "<name>/<which>".
  std::function<std::vector<Finding>(const Services&, const Realm&, std::string_view which)> examine{};
  /// How it authenticates requests by themselves, without a session or a token. Absent: not at all.
  RequestCredential request_credential{};
  /// How it signs browsers in again. Absent: not at all.
  RemembersBrowsers remembers{};
  /// The API keys that it keeps. Absent: none.
  KeysOfAccounts keys{};
  /// What it does in the background once a second, by one thread at a time, and once more, `last`, when Auth stops:
  /// such as writing down what it has kept in memory. An error is logged.
  std::function<Result<>(const Services&, bool last)> tend{};
};

/// Something that reacts to sign-ins instead of making them: confirmation, audit log.
struct AddOn {
  std::string name{};             // what other rooms' `check` asks for: "confirmation"
  std::vector<Strategy> parts{};  // each with its own routes below /S/<its name>
};

/// What `check` may look at.
struct SubjectView {
  std::string_view name{};
  std::string_view base_url{};  // AuthOptions::base_url; it may be no URL, which is told elsewhere
  std::vector<std::string_view> strategies{}, add_ons{};
  bool has(std::string_view name) const;
};

}  // namespace rowan
