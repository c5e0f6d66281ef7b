#pragma once
// Sweep: removing what has expired bit by bit, each bit a transaction of its own, so that a table of millions never
// meets a statement's time limit and whoever writes meanwhile waits for one bit only.
#include <atomic>
#include <functional>
#include <rowan/base/clock.hpp>
#include <rowan/base/scheduler.hpp>
#include <rowan/storage/database.hpp>

namespace rowan {

/// One run of expiry over any number of tables. One thread at a time.
class Sweep {
 public:
  static constexpr std::int64_t rows_at_once = 1000;

  /// `at_most`: no further bit begins later than this after the first, nor once `stop` is set. All must outlive it.
  Sweep(Database& database, const Clock& clock, Scheduler& scheduler, std::chrono::nanoseconds at_most,
        const std::atomic<bool>* stop = nullptr)
      : database_(&database), clock_(&clock), scheduler_(&scheduler), ends_(clock.elapsed() + at_most), stop_(stop) {}

  /// Runs `statement` until it changes fewer than `:most` rows or the time is over. It deletes at most `:most` rows
  /// whose time is before `:before` (or changes them so that it does not meet them again): now, less `margin`. Now is
  /// the earlier of the database's clock and ours, so that a process whose clock runs ahead removes nothing that others
  /// still need (SQLite has no clock but ours). PostgreSQL: choose the rows with `FOR UPDATE SKIP LOCKED`, so that
  /// several nodes may sweep at once.
  Result<> remove(const Sql& statement, std::chrono::microseconds margin);

  /// The same for bits that are more than a statement: each `work` is a transaction of its own, and says whether there
  /// is more to do. It may run again after a deadlock.
  Result<> repeat(const std::function<Result<bool>(Transaction&)>& work);

  /// Whether everything was removed so far; false: the time was over before.
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
  std::optional<Timestamp> now_{};  // asked once a run
  std::int64_t removed_ = 0;
  bool complete_ = true;
};

}  // namespace rowan
