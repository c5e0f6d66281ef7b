#pragma once
// new_account: how every room makes an account.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct AccountToMake {
  EmailAddress email;
  std::string locale{};
  Json extra = Json({});
  bool proven = false;  // a mail to the address proved it
  /// Both run in the transaction that makes the account. First: uses up what allows it (a link, a code); its error
  /// refuses.
  std::function<Result<>(Transaction&)> use_up{};
  /// Then: the credentials of the new account.
  std::function<Result<>(Transaction&, AccountId)> keep{};
  /// The answer when the address belongs to an account by then.
  Error when_taken{};
};

/// Takes the account's numbers, outside any transaction, and says by which strategy it signs in. engine/complete.cpp
/// makes the account, runs `on_register`, and gives the numbers back should it not come to that.
Result<SignedIn> new_account(const PhaseContext& context, std::string method, AccountToMake account);

}  // namespace rowan
