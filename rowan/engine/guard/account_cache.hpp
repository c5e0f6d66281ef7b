#pragma once
// Not installed. Accounts that were read, as fresh as revocation: the feed says which to forget
// (docs/architecture.md#the-guard). What the feed does not know of, a row changed or deleted by SQL, is forgotten with
// the time.
#include <array>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/clock.hpp>
#include <unordered_map>

namespace rowan::engine {

/// Thread-safe. Keyed by the generation: claims name it, no two accounts share one, and it is what the feed says. In
/// parts of their own locks, so that event loops do not wait for each other.
class AccountCache {
 public:
  using Shared = std::shared_ptr<const accounts::Account>;  // handed out as it is: no request copies it

  /// No more than `capacity` accounts, rounded up to a multiple of the number of parts. For a new one the one that was
  /// not used for the longest time goes.
  AccountCache(const Clock& clock, std::chrono::nanoseconds lifetime, std::size_t capacity = 50'000)
      : clock_(&clock), lifetime_(lifetime), capacity_of_part_((capacity + parts_.size() - 1) / parts_.size()) {}
  /// Null when it is not here, or was read too long ago.
  Shared find(std::int64_t generation) const;
  /// `read_at`: Clock::elapsed() before the row was read. `unchanged` is called under the lock that forget() takes, and
  /// says that no change has become known since then. Count a change before you call forget().
  void put(Shared account, std::chrono::nanoseconds read_at, const std::function<bool()>& unchanged);
  void forget(std::int64_t generation);
  void forget_all();

 private:
  struct Entry {
    Shared account{};
    std::chrono::nanoseconds read_at{};
  };
  using Entries = std::list<Entry>;  // the last used in front
  struct alignas(64) Part {
    std::mutex mutex{};
    Entries entries{};
    std::unordered_map<std::int64_t, Entries::iterator> by_generation{};
  };
  // Generations are dense numbers, so their lowest bits spread them.
  Part& part_of(std::int64_t generation) const { return parts_[static_cast<std::size_t>(generation) % parts_.size()]; }

  mutable std::array<Part, 16> parts_{};
  const Clock* clock_;
  std::chrono::nanoseconds lifetime_;
  std::size_t capacity_of_part_;
};

}  // namespace rowan::engine
