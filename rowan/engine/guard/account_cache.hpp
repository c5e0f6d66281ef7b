#pragma once
// Not installed. Accounts by id, as fresh as revocation: the feed says which to forget
// (docs/architecture.md#the-guard). What the feed does not know of, a row changed or deleted by SQL, is forgotten with
// the time.
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/clock.hpp>
#include <unordered_map>

namespace rowan::engine {

/// Thread-safe. Bounded: 50,000 accounts.
class AccountCache {
 public:
  AccountCache(const Clock& clock, std::chrono::nanoseconds lifetime) : clock_(&clock), lifetime_(lifetime) {}
  std::optional<accounts::Account> find(AccountId id) const;
  /// `read_at`: Clock::elapsed() before the row was read. `unchanged` is called under the lock that forget() takes, and
  /// says that no change has become known since then. Count a change before you call forget().
  void put(const accounts::Account& account, std::chrono::nanoseconds read_at, const std::function<bool()>& unchanged);
  void forget(std::int64_t generation);
  void forget_all();

 private:
  static constexpr std::size_t capacity = 50'000;
  struct Entry {
    accounts::Account account{};
    std::chrono::nanoseconds read_at{};
  };
  const Clock* clock_;
  std::chrono::nanoseconds lifetime_;
  mutable std::mutex mutex_{};
  std::unordered_map<AccountId, Entry> by_id_{};
  std::unordered_map<std::int64_t, AccountId> by_generation_{};
};

}  // namespace rowan::engine
