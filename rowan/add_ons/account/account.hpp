#pragma once
// The account add-on: people can close their own account.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct AccountOptions {
  /// For accounts without a password: the session must be no older than this to close the account.
  std::chrono::seconds recent = std::chrono::minutes{10};
};

/// Phase: close.
AddOn account(AccountOptions options = {});

}  // namespace rowan
