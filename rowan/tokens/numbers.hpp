#pragma once
// Not installed. Dense numbers for tokens and generations (docs/architecture.md#revocation), taken from the database
// 256 at a time.
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <rowan/storage/database.hpp>
#include <vector>

namespace rowan::tokens {

/// Thread-safe. Take numbers before a transaction opens: a block is a transaction of its own, and its numbers must
/// survive a rollback of yours.
class Numbers {
 public:
  explicit Numbers(Database& database) : database_(&database) {}
  /// `unavailable` when the database does not answer. Never the same number twice, on any node, as long as the database
  /// keeps its history. After a restored backup this node still takes none that it knows to be given out.
  Result<std::int64_t> take();
  /// Returns a number that was certainly not stored anywhere, so that the sequence stays dense.
  void give_back(std::int64_t number);

  // What this node knows of all numbers, for the guard: no lock, no I/O. The values never go down.
  /// Every number given out, on any node, is below; as of the last look, or of the last block taken here.
  std::int64_t issued_below() const { return issued_.load(std::memory_order_acquire); }
  /// Tokens with a number below this are refused, because after_restore() was called after a restored backup.
  std::int64_t floor() const { return floor_.load(std::memory_order_acquire); }

  /// The rows of rowan_numbers as a connection sees them now.
  struct Counters {
    std::int64_t next = 0, floor = 0;
  };
  static Result<Counters> read(SqlConnection& connection);
  /// Learns from such a look. `known`: issued_below() before the look began. False: the database has gone back behind
  /// what was known then (a promotion, a restored backup); numbers held here are dropped, and move_on() is due.
  bool learn(const Counters& seen, std::int64_t known);
  /// Moves the database's counter to issued_below(), so that no node gives out what was given out already.
  Result<> move_on();

 private:
  std::optional<std::int64_t> take_held();  // without asking the database
  void drop_below(std::int64_t lowest);     // under mutex_

  Database* database_;
  std::atomic<std::int64_t> issued_{0}, floor_{0};
  std::timed_mutex fetching_{};  // before mutex_
  std::mutex mutex_{};
  std::vector<std::int64_t> returned_{};
  std::int64_t next_ = 0, end_ = 0;
  std::int64_t lowest_ = 0;  // what comes back from below is not given out again
};

/// A number for one transaction. It is lost with the lease, unless settle() finds that it certainly was not used.
class NumberLease {
 public:
  NumberLease(Numbers& numbers, std::int64_t number) : numbers_(&numbers), number_(number) {}
  std::int64_t number() const { return number_; }
  /// When that transaction has ended. `used`: whether it wrote the number, if it ended well. The number goes back when
  /// it was not used or was certainly rolled back; never after a COMMIT whose answer was lost.
  template <class T>
  void settle(const Result<T>& ended, bool used = true) {
    const bool may_stand = ended ? used : ended.error().effect == Effect::unknown;
    if (!may_stand && !settled_) numbers_->give_back(number_);
    settled_ = true;
  }
  static Result<NumberLease> take(Numbers& numbers) {
    auto number = numbers.take();
    if (!number) return std::move(number).error();
    return NumberLease(numbers, *number);
  }

 private:
  Numbers* numbers_;
  std::int64_t number_;
  bool settled_ = false;
};

/// The numbers of an account that is about to be made: its own generation, and its tenant's if it is the first there.
struct NewAccountNumbers {
  NumberLease generation, tenant_generation;

  static Result<std::shared_ptr<NewAccountNumbers>> take(Numbers& numbers) {
    auto first = NumberLease::take(numbers);
    if (!first) return std::move(first).error();
    auto second = NumberLease::take(numbers);
    if (!second) {
      first->settle(Result<>(), false);
      return std::move(second).error();
    }
    return std::make_shared<NewAccountNumbers>(*std::move(first), *std::move(second));
  }
  template <class T>
  void settle(const Result<T>& ended, bool used = true) {
    generation.settle(ended, used);
    tenant_generation.settle(ended, used);
  }
};

}  // namespace rowan::tokens
