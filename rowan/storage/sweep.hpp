#pragma once
// Sweep: removes expired rows in small batches. Each batch is a transaction of its own. So even a table of millions
// never reaches a statement's time limit, and a concurrent writer waits for one batch at most.
#include <atomic>
#include <functional>
#include <rowan/base/clock.hpp>
#include <rowan/base/scheduler.hpp>
#include <rowan/storage/database.hpp>

namespace rowan {

/// One run of expiry, over any number of tables. One thread at a time.
class Sweep {
 public:
  static constexpr std::int64_t rows_at_once = 1000;

  /// No batch begins later than `at_most` after the first one, or once `stop` is set. The arguments must outlive it.
  Sweep(Database& database, const Clock& clock, Scheduler& scheduler, std::chrono::nanoseconds at_most,
        const std::atomic<bool>* stop = nullptr)
      : database_(&database), clock_(&clock), scheduler_(&scheduler), ends_(clock.elapsed() + at_most), stop_(stop) {}

  /// Runs `statement` until it changes fewer than `:most` rows or the time is over. The statement deletes at most
  /// `:most` rows whose time is before `:before`, or changes them so that it does not find them again. `:before` is now
  /// minus `margin`. Now is the earlier of the database's clock and ours, so that a process whose clock runs ahead
  /// removes nothing that others still need (SQLite has only our clock). On PostgreSQL choose the rows with `FOR UPDATE
  /// SKIP LOCKED`, so that several nodes can sweep at once.
  Result<> remove(const Sql& statement, std::chrono::microseconds margin);

  /// The same for batches of more than one statement. `work` runs in a transaction of its own each time and answers
  /// whether there is more to do. It may run again after a deadlock.
  Result<> repeat(const std::function<Result<bool>(Transaction&)>& work);

  /// Whether everything was removed; false when the time ran out before.
  bool is_complete() const { return complete_; }
  std::int64_t removed() const { return removed_; }

 private:
  Result<Timestamp> now();
  Result<> bit_by_bit(const std::function<Result<bool>()>& bit);

  Database* database_;
  const Clock* clock_;
  Scheduler* scheduler_;
  std::chrono::nanoseconds ends_;
  const std::atomic<bool>* stop_;
  std::optional<Timestamp> now_{};  // read once per run
  std::int64_t removed_ = 0;
  bool complete_ = true;
};

}  // namespace rowan
