#pragma once
// The account in its owner's hands: closing it.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct AccountOptions {
  /// For accounts without a password: how fresh the session must be to close the account.
  std::chrono::seconds recent = std::chrono::minutes{10};
};

/// Phase: close.
AddOn account(AccountOptions options = {});

}  // namespace rowan
