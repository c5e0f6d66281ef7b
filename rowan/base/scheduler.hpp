#pragma once
// Waiting is a parameter too: every sleep and periodic task goes through a Scheduler, so that a test can replay it.
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
    /// Makes the task run as soon as possible instead of at the end of the period.
    virtual void wake() = 0;
  };

  virtual ~Scheduler() = default;
  /// The first run is at once, each later one `period` after the end of the run before. `work` must not throw.
  virtual std::unique_ptr<Task> every(std::chrono::nanoseconds period, std::string name,
                                      std::function<void()> work) = 0;
  virtual void sleep_for(std::chrono::nanoseconds duration) = 0;
};

/// One thread per task.
std::unique_ptr<Scheduler> make_thread_scheduler();

}  // namespace rowan
