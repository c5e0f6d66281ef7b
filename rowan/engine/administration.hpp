#pragma once
// What administrators' tools say and are told: Auth's "Administration" and "Operation" (auth.hpp).
#include <rowan/accounts/user.hpp>
#include <rowan/base/result.hpp>
#include <rowan/base/secret.hpp>
#include <rowan/mail/listed_mail.hpp>
#include <string>
#include <vector>

namespace rowan {

/// An account as its administrator sees it.
struct UserRecord {
  User user{};
  std::optional<Timestamp> disabled_at{};  // it cannot sign in
  std::optional<Timestamp> closed_at{};    // for good: its address is free again, `user.email` is empty
};

/// An account that an administrator makes.
struct NewUser {
  std::string email{};
  std::optional<Secret> password{};  // absent: the account signs in in another way, or its owner sets one by a reset
  bool confirmed = false;            // the address counts as proven; no mail is sent
  Json extra = Json({});             // User::extra, an object of at most Auth::max_extra_bytes as text
  std::string locale{};              // the language of its mails; empty: not chosen
  Realm realm{};
};

/// A token that signs an account in once.
struct SignInToken {
  std::string text{};      // a secret
  std::string strategy{};  // what takes it: phase sign_in_with_token of this strategy
  Timestamp expires_at{};
};

/// What an application has declared.
struct DeclaredStrategy {
  std::string name{};
  std::vector<std::string> phases{};
  bool has_passwords = false;    // Auth::set_password and create_user with a password go through it
  bool imports_hashes = false;   // Auth::import_hash does
  bool issues_sign_ins = false;  // Auth::issue_sign_in_token does
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
