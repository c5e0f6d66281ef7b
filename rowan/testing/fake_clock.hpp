#pragma once
#include <atomic>
#include <rowan/base/clock.hpp>

namespace rowan::testing {

/// A clock that moves only when you call it. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp start = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24)) +
                                       std::chrono::hours(12))
      : wall_(to_microseconds(start)) {}
  Timestamp now() const override { return from_microseconds(wall_.load()); }
  std::chrono::nanoseconds elapsed() const override { return std::chrono::nanoseconds(elapsed_.load()); }
  /// Moves wall time and elapsed time.
  void advance(std::chrono::microseconds by) {
    wall_ += by.count();
    elapsed_ += std::chrono::nanoseconds(by).count();
  }
  /// Moves the wall clock alone, as when an administrator sets it.
  void set_wall(Timestamp time) { wall_ = to_microseconds(time); }

 private:
  std::atomic<std::int64_t> wall_;
  std::atomic<std::int64_t> elapsed_{1'000'000'000};
};

}  // namespace rowan::testing
