#pragma once
// Internal. The account that a command names.
#include <rowan/engine/auth.hpp>
#include <string>

namespace rowan::cli {

struct AccountChoice {
  std::string account{}, subject = "user", tenant{};
};

Result<Realm> realm_of(const std::string& tenant, const std::string& subject);
/// An id is an account's whatever --subject and --tenant say; with an address they say whose.
Result<UserRecord> find_account(Auth& auth, const AccountChoice& choice);

}  // namespace rowan::cli
