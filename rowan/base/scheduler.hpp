#pragma once
// Waiting is a parameter too: every sleep and every periodic task goes through here, so that a test can replay it.
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace rowan {

/// Thread-safe.
class Scheduler {
 public:
  /// A periodic task. Destroying it stops it and waits for a run in progress.
  class Task {
   public:
    virtual ~Task() = default;
    /// Runs as soon as possible instead of at the end of the period.
    virtual void wake() = 0;
  };

  virtual ~Scheduler() = default;
  /// First run at once, then `period` after the end of each run. `work` must not throw.
  virtual std::unique_ptr<Task> every(std::chrono::nanoseconds period, std::string name, std::function<void()> work) = 0;
  virtual void sleep_for(std::chrono::nanoseconds duration) = 0;
};

/// One thread per task.
std::unique_ptr<Scheduler> make_thread_scheduler();

}  // namespace rowan
