#pragma once
// Not installed. Revocation: written in the action's transaction, seen at once on this node and within the bound on
// every other (docs/architecture.md#revocation).
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <rowan/base/clock.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/base/random.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/tokens/claims.hpp>
#include <rowan/tokens/numbers.hpp>

namespace rowan::tokens {

/// Thread-safe.
class Revocation {
 public:
  /// All of them must outlive it.
  Revocation(Database& database, Numbers& numbers, const Clock& clock, Random& random,
             Logger& logger = silent_logger());
  ~Revocation();

  /// The number is dead when the transaction commits. `expires_at`: when the last thing that carries it has expired
  /// anyway.
  void revoke(Transaction& transaction, std::int64_t number, Timestamp expires_at);
  /// The feed says already that the number is dead: this node knows it from the commit on, too, not from its next poll.
  void known_dead(Transaction& transaction, std::int64_t number);
  /// Tells every node's account cache to forget the account of this generation.
  void account_changed(Transaction& transaction, std::int64_t generation);
  /// Whether the feed says already that this number is dead.
  static Result<bool> is_published(Transaction& transaction, std::int64_t number);
  /// Called for each change that becomes known here, on the thread that learnt of it; nullopt: anything may have
  /// changed. Set once, before use.
  void on_account_changed(std::function<void(std::optional<std::int64_t> generation)> callback) {
    account_changed_ = std::move(callback);
  }

  enum class State {
    alive,
    dead,
    unknown,     // the last look at the feed is too old
    not_issued,  // as far as is known here, no such number was ever given out
  };
  /// Reads the watermark, then floor, index and issued numbers, then the clock. The order is the proof that what is
  /// alive was alive no longer than `bound` ago: all that was revoked before the watermark is in the index that is read
  /// after it, and the clock is read when both are. (With the clock read before the index a thread that is put to sleep
  /// in between accepts something older.) No I/O, no lock, no allocation.
  State state(const TokenNumbers& numbers, std::chrono::nanoseconds bound) const;
  /// Whether this number alone is dead, as far as is known: ask after state(), which says how fresh that is. No I/O, no
  /// lock, no allocation.
  bool is_dead(std::int64_t number) const;

  /// One look at the whole feed, or a first part of a long one; shared by all nodes' writers and never waited for by
  /// them. On PostgreSQL only a primary answers. Only the standard library's exceptions.
  Result<> poll();
  /// Settles what state() could not: waits for a look at the feed that began after this call, shared by all who wait,
  /// and while this node has not read the whole feed yet asks the database for these numbers, in one query with all
  /// others that wait. `unavailable` after about `at_most`. What is not issued then is no token of this database: that
  /// is logged.
  Result<State> settle(const TokenNumbers& numbers, std::chrono::nanoseconds bound, std::chrono::milliseconds at_most);
  /// Boot time before the last complete look was sent; negative before the first.
  std::chrono::nanoseconds watermark() const {
    return std::chrono::nanoseconds(watermark_.load(std::memory_order_acquire));
  }
  /// Counts account changes: a cached row is kept only if this did not move while it was read. It moves before the
  /// callback is called.
  std::uint64_t changes_seen() const { return changes_seen_.load(std::memory_order_acquire); }

  /// Removes rows whose last use has expired a day ago: so much may the clock of a node be behind.
  Result<> expire(Sweep& sweep);

 private:
  // The rule for kinds to come: a release that does not know one takes the number for dead and forgets the account of
  // that generation. Too much is refused while two releases run beside each other, never too little.
  enum class Kind : std::int64_t { dead = 0, account_changed = 1 };
  void publish(Transaction& transaction, Kind kind, std::int64_t number, Timestamp expires_at);
  Result<> insert(Transaction& transaction, Kind kind, std::int64_t number, Timestamp expires_at);
  void learn(std::int64_t kind, std::int64_t number);
  Result<bool> read_feed(std::chrono::nanoseconds at_most);  // under polling_; whether to its end
  Result<State> ask(const TokenNumbers& numbers, std::chrono::nanoseconds at_most);
  void warn_of_foreign_token();

  Numbers* numbers_;
  const Clock* clock_;
  Random* random_;
  Logger* logger_;
  std::function<void(std::optional<std::int64_t>)> account_changed_{};
  std::atomic<std::int64_t> watermark_{-1};
  std::atomic<std::uint64_t> changes_seen_{0};
  std::atomic<std::uint32_t> next_shard_{0};
  std::atomic<bool> loading_{true};
  std::atomic<bool> warned_of_kind_{false};
  std::atomic<std::int64_t> warned_of_token_at_{-1};  // the floor then
  std::timed_mutex polling_{};
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rowan::tokens
