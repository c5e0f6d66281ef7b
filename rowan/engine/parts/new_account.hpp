#pragma once
// new_account: every room makes accounts through it.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct AccountToMake {
  EmailAddress email;
  std::string locale{};
  Json extra = Json({});
  bool proven = false;  // true: a mail to the address proved it
  /// Runs first in the transaction that makes the account: consumes what allows it (a link, a code). An error refuses
  /// the registration.
  std::function<Result<>(Transaction&)> use_up{};
  /// Runs next in the same transaction: stores the credentials of the new account.
  std::function<Result<>(Transaction&, AccountId)> keep{};
  /// The answer when another account has got the address by then.
  Error when_taken{};
};

/// Takes the account's numbers, outside any transaction, and returns a SignedIn by this strategy (`method`).
/// engine/phases/complete.cpp makes the account and runs `on_register`. If no account is made, it gives the numbers
/// back.
Result<SignedIn> new_account(const PhaseContext& context, std::string method, AccountToMake account);

}  // namespace rowan
