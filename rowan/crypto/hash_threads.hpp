#pragma once
// Internal. The threads that hash: as many as may do so at once (PWD-15).
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <rowan/base/result.hpp>
#include <thread>
#include <vector>

namespace rowan::crypto {

/// Callers wait while one of a fixed number of threads works for them. A hash needs 19 MiB and a whole core: a thread
/// that goes from one straight to the next loses neither the core nor what the kernel keeps warm there, where a slot
/// handed from caller to caller left cores idle (measured: README.md). Thread-safe; must outlive its callers.
class HashThreads {
 public:
  explicit HashThreads(unsigned count) : count_(count) {}
  ~HashThreads();
  HashThreads(const HashThreads&) = delete;
  HashThreads& operator=(const HashThreads&) = delete;
  /// Runs `work` and throws what it throws. In the order of the calls; `unavailable` with `retry_after`, and `work` was
  /// not begun, when no thread came free within `wait`. The first call starts the threads.
  Result<> run(std::chrono::milliseconds wait, const std::function<void()>& work);

 private:
  struct Job;
  void start();
  void serve();
  void accept();

  std::mutex mutex_{};
  std::condition_variable came_{};
  std::deque<Job*> waiting_{};
  unsigned count_;
  unsigned busy_ = 0;  // jobs accepted and not finished: a thread is at them or about to be
  bool stopping_ = false;
  std::vector<std::jthread> threads_{};
};

}  // namespace rowan::crypto
