#pragma once
// Not installed. HealthCheck: checks whether a write succeeds now, with its COMMIT. A database that answers SELECT 1
// may still be a standby, be full, or wait for a missing standby.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <rowan/base/clock.hpp>
#include <rowan/storage/database.hpp>
#include <thread>

namespace rowan::engine {

/// Thread-safe. One check runs at a time, on a thread of its own. The destructor waits for its end, so the database
/// must outlive it.
class HealthCheck {
 public:
  static constexpr std::chrono::seconds good_for{1}, longest_wait{3};

  HealthCheck(Database& database, const Clock& clock) : database_(&database), clock_(&clock) {}
  ~HealthCheck();
  HealthCheck(const HealthCheck&) = delete;
  HealthCheck& operator=(const HealthCheck&) = delete;

  /// The last answer while it is fresh, otherwise that of a new check, for which all callers wait together.
  /// `unavailable` when it takes too long.
  Result<> ask();

 private:
  void begin();
  Result<> outcome() const;
  Result<> write() const;

  Database* database_;
  const Clock* clock_;
  std::mutex mutex_{};
  std::condition_variable ended_{};
  bool is_running_ = false;
  std::chrono::nanoseconds began_{};                    // by the clock: how old the answer is
  std::chrono::steady_clock::time_point waits_from_{};  // of the check that is running
  std::optional<Result<>> answer_{};
  std::thread thread_{};
};

}  // namespace rowan::engine
