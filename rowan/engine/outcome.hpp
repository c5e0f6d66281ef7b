#pragma once
// Outcome: what a phase returns to the engine (docs/architecture.md#inputs-and-outcomes). No phase makes a session or a
// token itself.
#include <functional>
#include <memory>
#include <optional>
#include <rowan/accounts/user.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/engine/parts/guesses.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/tokens/claims.hpp>
#include <string>
#include <variant>

namespace rowan {

namespace tokens {
struct NewAccountNumbers;  // tokens/numbers.hpp: not installed
}

/// What the session that a sign-in token was issued from had proved, and until when that session lasts.
struct CarriedProof {
  Methods methods{};
  Timestamp expires_at{};
  std::int64_t token = 0;  // its number; 0: unknown
};

/// What a browser keeps so that it can be signed in again (RemembersBrowsers). Opaque, at most 64 bytes.
struct BrowserKeeps {
  std::string text{};
  Timestamp until{};
};

/// A session that a new one takes the place of.
struct EarlierSession {
  std::int64_t number = 0;
  Timestamp expires_at{};
};

/// What `SignedIn::apply` found or made inside the transaction.
struct Applied {
  AccountId account{};
  std::int64_t generation = 0;  // read in the same statement as the credential; compared again under the row lock, so
                                // that a sign-in begun with an old password is refused
  bool registered = false;      // the account is new: on_register runs, the API answers 201
  /// A second factor was added. When it is the account's first, backups that are still there (Factor::Use::backup) were
  /// kept for one that is gone: drop_factors deletes them. People are led to Page::after_first_factor.
  bool factor_added = false;
  bool end_other_sessions = false;  // a new generation: every other session and token of the account is revoked
  /// Key of an address that was just proven by a mail sent to it. The address is marked as proven and the account's
  /// locks end. If it was never proven before, this takes the account over (see taken_over), unless the registrant
  /// sends this request: with the account's session or bearer token, or with is_registrant set.
  EmailKey proven_address{};
  bool is_registrant = false;  // the request showed something that only the person who registered the account knows
  /// The owner of the address takes over an account whose credentials others may know: on_taken_over deletes them, and
  /// every earlier session, link and code ends.
  bool taken_over = false;
  bool credential_checked = true;  // false: no credential was shown; the session gets no method and no new time of one
  std::optional<CarriedProof> carried{};         // instead of a credential: the new session says what that one said
  std::optional<BrowserKeeps> keeps{};           // of a remembered browser: instead of what it was recognised by
  std::optional<EarlierSession> goes_on_from{};  // and the session that it had before, which ends
};

/// The visitor has proven who they are. engine/phases/complete.cpp runs `apply` inside its transaction, and may run it
/// again after a deadlock.
struct SignedIn {
  std::string method{};            // the strategy's name, for Claims::methods
  std::optional<Proves> proves{};  // what this sign-in proves, where it is not Strategy::proves
  std::function<Result<Applied>(Transaction&)> apply{};
  bool remember_me = false;
  std::string return_to{};  // a path on this site, where this request could not bring its own; it was checked before
  /// This phase showed something besides what was shown before: it ends the sign-in that waits (PhaseContext::pending),
  /// or is added to the session that `renews` replaces.
  bool second_factor_done = false;
  /// Replaces the session of this request by a new one. The new session keeps its methods with their times; second
  /// factors are not asked for again. Refused when the old session belongs to another account or has ended.
  bool renews = false;
  /// False: what `apply` did is committed, but no session is made (a confirmation link opened in another browser, days
  /// later).
  bool grants_session = true;
  /// When it was shown, where that was not now: a browser that is recognised shows nothing. No lock ends by it.
  std::optional<Timestamp> shown_at{};
  /// Stores credentials. It runs after a take-over has deleted the earlier ones.
  std::function<Result<>(Transaction&)> keep{};
  Guess guess{};  // the guess that was counted for this credential; it is given back
  /// Numbers of an account that `apply` makes. complete.cpp gives them back when no account is made.
  std::shared_ptr<tokens::NewAccountNumbers> numbers{};
  /// What Strategy::on_token of this strategy is told about the session or token that comes of this sign-in, now or
  /// after a second factor. It waits in a table meanwhile, so seal what is secret.
  Json origin = Json({});
};

/// A sign-in that waits for its second factor, as a controller is told of it.
struct PendingFlow {
  std::string flow{};                  // opaque; a program sends it back
  std::vector<std::string> factors{};  // "totp", "webauthn", "recovery_code"; the one used last is first
  std::vector<std::string> set_up{};   // the account has no second factor and must have one: what can be set up
};

/// A request was accepted. The answer must be the same for every address.
struct Accepted {
  std::string words{};        // the sentence for the page, a key of the catalogue
  std::string view{};         // or a template to show instead, filled with `fields`
  Json fields = Json({});     // for `view` only; the API does not get them
  std::string flow{};         // ties the next request to this one: in the state cookie on the web, in a field of the
                              // answer on the API (docs/http_contract.md#answers). Kept under the phase's flow_name;
                              // base64url, at most 64 characters
  bool ends_session = false;  // the account is no longer signed in here: the answer deletes the session's cookies
  /// Instead of a page of its own: people are led there, and `words` are said on it. Reloading sends nothing again.
  std::optional<PageName> leads_to{};
};

/// Data to show: a TOTP secret, recovery codes, a challenge, a list. The web mount fills page `view` with the fields;
/// the API mount, and the web mount for a script that accepts JSON, answers them as JSON.
struct Presented {
  std::string view{};
  Json fields = Json({});
  Json page = Json({});  // more for `view`, which programs do not get
  int status = 200;
  std::string flow{};  // as Accepted::flow; programs get it beside the fields
  /// Where the page goes on to by itself, also on another site, as no redirect may for the answer to a form. The page
  /// has a link there for browsers that do not.
  std::string leads_on{};
};

/// Redirects to another site, such as a provider.
struct Redirect {
  std::string url{};
  std::string flow{};  // as Accepted::flow: ties the returning request to this browser
};

using Outcome = std::variant<SignedIn, Accepted, Presented, Redirect>;

}  // namespace rowan
