#pragma once
// Clients: sign-ins at a fixed rate, whatever becomes of them, and `/me` as fast as it is answered.
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rowan::overload {

using Clock = std::chrono::steady_clock;

struct Sample {
  Clock::time_point at{};  // of the answer
  int status = 0;          // 0: none came
  double seconds = 0;
  bool says_when_to_come_again = false;
};

/// What clients saw; filled when they have ended.
class Samples {
 public:
  void add(std::vector<Sample> more);
  std::vector<Sample> between(Clock::time_point from, Clock::time_point to) const;

 private:
  std::mutex mutex_{};
  std::vector<Sample> all_{};
};

double median_seconds(std::vector<Sample> samples);
std::vector<Sample> with_status(const std::vector<Sample>& samples, int status);

/// Each on a connection of its own, asking again as soon as it is answered, until it goes.
class ClosedLoop {
 public:
  ClosedLoop(unsigned connections, unsigned short port, std::vector<std::string> requests, Samples& samples);
  ~ClosedLoop() { stop_ = true; }
  ClosedLoop(const ClosedLoop&) = delete;
  ClosedLoop& operator=(const ClosedLoop&) = delete;

 private:
  std::atomic<bool> stop_ = false;
  std::vector<std::jthread> threads_{};
};

/// Offers `rate` requests a second until `until`; `connections` must be more than can be under way at once. Returns
/// when all are answered.
void offer(double rate, Clock::time_point until, unsigned connections, unsigned short port,
           const std::vector<std::string>& requests, Samples& samples);

}  // namespace rowan::overload
