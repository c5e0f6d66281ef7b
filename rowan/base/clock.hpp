#pragma once
// Time is a parameter: wall time for what is stored, elapsed time for what is waited for.
#include <rowan/base/timestamp.hpp>

namespace rowan {

/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
  /// Time since boot, suspension included; it never goes back. Only differences mean anything.
  virtual std::chrono::nanoseconds elapsed() const = 0;
};

/// CLOCK_REALTIME and CLOCK_BOOTTIME. It has no state, so the whole process shares one.
Clock& system_clock();

}  // namespace rowan
