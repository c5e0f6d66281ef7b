#pragma once
// The types that Auth's "Administration" and "Operation" functions take and return (auth.hpp).
#include <chrono>
#include <optional>
#include <rowan/accounts/user.hpp>
#include <rowan/base/json.hpp>
#include <rowan/base/result.hpp>
#include <rowan/base/secret.hpp>
#include <rowan/mail/listed_mail.hpp>
#include <rowan/tokens/claims.hpp>
#include <string>
#include <vector>

namespace rowan {

/// An account as its administrator sees it.
struct UserRecord {
  User user{};
  std::optional<Timestamp> disabled_at{};  // set: it cannot sign in
  std::optional<Timestamp> closed_at{};    // set: closed for good; `user.email` is empty and the address is free again
};

/// An account for an administrator to make.
struct NewUser {
  std::string email{};
  std::optional<Secret> password{};  // absent: the owner signs in in another way, or sets a password by a reset
  bool confirmed = false;            // you know that the address is theirs: it counts as proven, and no mail is sent
  Json extra = Json({});             // User::extra, an object of at most Auth::max_extra_bytes as text
  std::string locale{};              // the language of its mails; empty: not chosen
  Realm realm{};
};

/// A token that signs an account in once.
struct SignInToken {
  std::string text{};      // a secret
  std::string strategy{};  // send the token to phase sign_in_with_token of this strategy
  Timestamp expires_at{};
};

/// A token of the application's own, to be issued.
struct TokenWish {
  std::string purpose{};                                  // 1 to 31 lower-case letters, digits and _; "user" is Rowan's
  std::chrono::seconds lifetime = std::chrono::hours{1};  // at most 60 days
  Json claims = Json({});                                 // added to it; they go before those of TokenOptions
};
/// One that was checked.
struct CheckedToken {
  VerifiedClaims claims;
  Json extra = Json({});  // what was added to it
};

/// A key that signs tokens, without its private part.
struct SigningKeyRecord {
  std::string kid{};
  std::string algorithm{};
  Json public_jwk = Json({});
  Timestamp created_at{}, active_from{};
  std::optional<Timestamp> retires_at{};  // absent: it has no successor yet
  bool signs = false;                     // new tokens are signed by it
};

/// What an application has declared.
struct DeclaredStrategy {
  std::string name{};
  std::vector<std::string> phases{};
  bool has_passwords = false;    // Auth::set_password, and create_user with a password, use it
  bool imports_hashes = false;   // Auth::import_hash uses it
  bool issues_sign_ins = false;  // Auth::issue_sign_in_token uses it
};
struct DeclaredSubject {
  SubjectName name{};
  std::vector<DeclaredStrategy> strategies{};  // add-ons' parts included
};

/// A mail that a declared room sends.
struct DeclaredLetter {
  std::string name{};      // "password/reset"
  std::string sentence{};  // when it is sent
};

}  // namespace rowan
