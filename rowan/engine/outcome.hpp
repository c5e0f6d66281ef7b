#pragma once
// Outcome: what a phase returns to the engine (DESIGN 5.14). No phase makes a session or a token itself.
#include <functional>
#include <rowan/accounts/user.hpp>
#include <rowan/storage/database.hpp>
#include <string>
#include <variant>

namespace rowan {

/// What `SignedIn::apply` found or made inside the transaction.
struct Applied {
  AccountId account{};
  std::int64_t generation = 0;  // as read together with the credential; a sign-in begun with an old password dies on it
  bool registered = false;      // the account is new: on_register runs, the API answers 201
  bool end_other_sessions = false;  // a new generation: every other session and token of the account is revoked
  std::string
      proven_address{};  // key of an address a mail to it has just proven: marked so, and series of failures at it end
  bool taken_over = false;  // the owner came to an account others may know the credentials of: they are dropped, and
                            // end_other_sessions holds
  bool credential_checked = true;  // false: the session is no fresh proof (remember-me)
};

/// Somebody proved who they are. engine/complete.cpp runs `apply` in the one transaction, and may run it again after a
/// deadlock.
struct SignedIn {
  std::string method{};  // the strategy's name, for Claims::methods
  std::function<Result<Applied>(Transaction&)> apply{};
  bool remember_me = false;
  bool second_factor_done = false;  // this phase was the second factor of a pending flow
};

/// A request was taken: the same for every address.
struct Accepted {
  std::string words{};     // the catalogue's sentence for the page
  std::string view{};      // or a template of its own, filled with `fields`
  Json fields = Json({});  // not for the API
  std::string flow{};  // binds what comes next to who asked: kept in the cookie on the web, told to programs (CONTRACT
                       // "Answers")
  bool ends_session = false;  // the account is no longer signed in here: the session's cookies go with the answer
};

/// Something is shown: a TOTP secret, recovery codes, a challenge, a list. The web mount fills page `view`; the API
/// mount writes the fields as JSON.
struct Presented {
  std::string view{};
  Json fields = Json({});
  int status = 200;
};

/// To a place outside, such as a provider.
struct Redirect {
  std::string url{};
};

using Outcome = std::variant<SignedIn, Accepted, Presented, Redirect>;

}  // namespace rowan
