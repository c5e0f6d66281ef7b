#pragma once
// Not installed. Accounts by id, as fresh as revocation: the feed says which to forget (DESIGN 5.2).
#include <mutex>
#include <optional>
#include <rowan/accounts/accounts.hpp>
#include <unordered_map>

namespace rowan::engine {

/// Thread-safe.
class AccountCache {
 public:
  std::optional<accounts::Account> find(AccountId id) const;
  void put(const accounts::Account& account);
  void forget(std::int64_t generation);

 private:
  static constexpr std::size_t capacity = 50'000;
  mutable std::mutex mutex_{};
  std::unordered_map<AccountId, accounts::Account> by_id_{};
  std::unordered_map<std::int64_t, AccountId> by_generation_{};
};

}  // namespace rowan::engine
