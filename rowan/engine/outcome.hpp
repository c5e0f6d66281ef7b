#pragma once
// Outcome: what a phase returns to the engine (docs/architecture.md#inputs-and-outcomes). No phase makes a session or a
// token itself.
#include <functional>
#include <memory>
#include <optional>
#include <rowan/accounts/user.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/engine/guesses.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/tokens/claims.hpp>
#include <string>
#include <variant>

namespace rowan {

namespace tokens {
struct NewAccountNumbers;  // tokens/numbers.hpp: not installed
}

/// What another session proved, and until when it lasts: of the one a sign-in token was issued from.
struct CarriedProof {
  Methods methods{};
  Timestamp authenticated_at{}, expires_at{};
};

/// What `SignedIn::apply` found or made inside the transaction.
struct Applied {
  AccountId account{};
  std::int64_t generation = 0;  // as read together with the credential; a sign-in begun with an old password dies on it
  bool registered = false;      // the account is new: on_register runs, the API answers 201
  bool end_other_sessions = false;  // a new generation: every other session and token of the account is revoked
  /// Key of an address that a mail to it has just proven: it is marked so, and locks of the account end. When the
  /// account's address was never proven before, this takes the account over (see taken_over) unless the registrant is
  /// there: their session or bearer sends this request, or is_registrant.
  EmailKey proven_address{};
  bool is_registrant = false;  // showed what only the one who made the account knows
  /// The owner came to an account that others may know the credentials of: on_taken_over drops them, every session,
  /// link and code from before ends.
  bool taken_over = false;
  bool credential_checked = true;         // false: nothing was shown that proves who this is; no method, no fresh time
  std::optional<CarriedProof> carried{};  // instead of a credential: the session says what that one said
};

/// It is proven who somebody is. engine/complete.cpp runs `apply` in the one transaction, and may run it again after a
/// deadlock.
struct SignedIn {
  std::string method{};  // the strategy's name, for Claims::methods
  std::function<Result<Applied>(Transaction&)> apply{};
  bool remember_me = false;
  bool second_factor_done = false;  // this phase was the second factor of a pending flow
  /// The session of this request goes on as another: it keeps its methods, and its time unless a credential was
  /// checked; second factors are not asked for again. Refused when that session is not of the same account or has
  /// ended.
  bool renews = false;
  /// False: what `apply` did stands, and no session is made (a confirmation link opened somewhere else, days later).
  bool grants_session = true;
  /// Credentials to keep, written after those from before were dropped where the account was taken over.
  std::function<Result<>(Transaction&)> keep{};
  Guess guess{};  // what the right credential was counted as, to be given back
  /// Of an account that `apply` makes; complete.cpp settles them, so that a refusal costs none.
  std::shared_ptr<tokens::NewAccountNumbers> numbers{};
};

/// A request was taken: the same for every address.
struct Accepted {
  std::string words{};        // the catalogue's sentence for the page
  std::string view{};         // or a template of its own, filled with `fields`
  Json fields = Json({});     // not for the API
  std::string flow{};         // binds what comes next to who asked: kept in the cookie on the web, told to programs
                              // (docs/http_contract.md#answers); under the phase's flow_name
  bool ends_session = false;  // the account is no longer signed in here: the session's cookies go with the answer
};

/// Something is shown: a TOTP secret, recovery codes, a challenge, a list. The web mount fills page `view`; the API
/// mount writes the fields as JSON.
struct Presented {
  std::string view{};
  Json fields = Json({});
  int status = 200;
  std::string flow{};  // as Accepted::flow; programs get it beside the fields
};

/// To a place outside, such as a provider.
struct Redirect {
  std::string url{};
  std::string flow{};  // as Accepted::flow: what comes back is bound to the browser that was sent
};

using Outcome = std::variant<SignedIn, Accepted, Presented, Redirect>;

}  // namespace rowan
