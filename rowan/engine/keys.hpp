#pragma once
// API keys as administrators and programs see them (Auth::create_key), and what a strategy that has them provides.
#include <functional>
#include <optional>
#include <rowan/engine/services.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

/// A key to make. What the strategy's options do not allow is `invalid_input` of that field.
struct KeyWish {
  std::string name{};                     // its owner's name for it
  std::optional<Timestamp> expires_at{};  // absent: after the default lifetime
  bool never_expires = false;             // only where the options allow it
  std::vector<std::string> scopes{};      // of those that are declared
};

/// A key that is there; without its secret, which nobody has but the one it was shown to.
struct KeyRecord {
  std::string id{};
  std::string strategy{};
  std::string name{};
  std::string hint{};  // by which people recognise it: "rowan_…4PnOD8"
  std::vector<std::string> scopes{};
  Timestamp created_at{};
  std::optional<Timestamp> expires_at{}, last_used_at{};
  bool ended = false;  // it does not work any more, and is not removed yet
};

struct NewKey {
  std::string text{};  // a secret
  KeyRecord record{};
};

/// What a strategy with keys provides to Auth::create_key and its like.
struct KeysOfAccounts {
  /// Makes one and tells the owner by mail. `with` runs in the same transaction.
  std::function<Result<NewKey>(const Services&, const User&, const KeyWish&, const Services::With& with)> make{};
  std::function<Result<std::vector<KeyRecord>>(SqlConnection&, const Services&, AccountId)> list{};
  /// In the caller's transaction. False: it is so already. `not_found` when the account has no such key.
  std::function<Result<bool>(Transaction&, const Services&, AccountId, std::string_view id)> revoke{};
};

}  // namespace rowan
