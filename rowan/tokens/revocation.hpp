#pragma once
// Revocation: written in the action's transaction, seen at once on this node and within the bound on every other
// (DESIGN 5.3).
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <rowan/base/clock.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/tokens/claims.hpp>
#include <rowan/tokens/revocation_index.hpp>

namespace rowan::tokens {

/// Thread-safe.
class Revocation {
 public:
  Revocation(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}

  /// The number is dead when the transaction commits. `expires_at`: when the last thing that carries it has expired
  /// anyway.
  void revoke(Transaction& transaction, std::int64_t number, Timestamp expires_at);
  /// Tells every node's account cache to forget the account of this generation.
  void account_changed(Transaction& transaction, std::int64_t generation);
  /// Called for each change that becomes known here, on the thread that learnt of it. Set once, before use.
  void on_account_changed(std::function<void(std::int64_t generation)> callback) {
    account_changed_ = std::move(callback);
  }

  enum class State { alive, dead, unknown };
  /// Reads the watermark, then the index, then the clock, in this order: so what is alive was alive no longer than
  /// `bound` ago. No I/O, no lock.
  State state(const TokenNumbers& numbers, std::chrono::nanoseconds bound) const;

  /// One complete poll of the feed.
  Result<> poll();
  /// Makes sure a poll that began after this call has ended; shared by all who wait. `unavailable` after `at_most`.
  Result<> catch_up(std::chrono::milliseconds at_most);
  /// Boot time before the last complete poll was sent.
  std::chrono::nanoseconds watermark() const {
    return std::chrono::nanoseconds(watermark_.load(std::memory_order_acquire));
  }
  /// Counts account changes: a cached row is kept only if this did not move while it was read.
  std::uint64_t changes_seen() const { return changes_seen_.load(std::memory_order_acquire); }

  /// Removes rows whose last use has expired a day ago: so much may the clock of a node be behind.
  Result<> expire(Sweep& sweep);

 private:
  enum class Kind { dead = 0, account_changed = 1 };
  void publish(Transaction& transaction, Kind kind, std::int64_t number, Timestamp expires_at);
  void learn(Kind kind, std::int64_t number);

  Database* database_;
  const Clock* clock_;
  RevocationIndex index_{};
  std::function<void(std::int64_t)> account_changed_{};
  std::atomic<std::int64_t> watermark_{-1};
  std::atomic<std::uint64_t> changes_seen_{0};
  std::timed_mutex polling_{};
  std::array<std::int64_t, 16> positions_{};  // under polling_
};

}  // namespace rowan::tokens
