#pragma once
// Memory and processor time of another process, from /proc.
#include <sys/types.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "load.hpp"

namespace rowan::overload {

/// Seconds of processor time by thread.
using ThreadTimes = std::map<pid_t, double>;
ThreadTimes thread_times(pid_t process);
/// What was used since `before`.
ThreadTimes since(const ThreadTimes& before, const ThreadTimes& after);

/// "VmRSS" or "VmHWM", in MiB.
double memory_mib(pid_t process, const char* which);

struct MemorySample {
  Clock::time_point at{};
  double mib = 0;
};

/// Looks at VmRSS every 100 ms while it lives.
class MemoryWatch {
 public:
  explicit MemoryWatch(pid_t process);
  std::vector<MemorySample> stop();

 private:
  std::atomic<bool> stop_ = false;
  std::vector<MemorySample> samples_{};
  std::jthread thread_{};
};

}  // namespace rowan::overload
