#pragma once
// Internal. The threads that hash, one for each slot (PWD-15).
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <rowan/base/result.hpp>
#include <rowan/crypto/argon2id/hash_memory.hpp>
#include <thread>
#include <vector>

namespace rowan::crypto {

/// Callers wait while one of a fixed number of threads works for them. A hash needs 19 MiB and a whole core. A thread
/// that goes straight from one hash to the next keeps its core and its memory; passing a slot from caller to caller
/// left cores idle (measured: README.md). A thread wipes its memory after each call, once the caller has gone on, and
/// gives it back when it has had nothing to do for a while. Thread-safe; must outlive its callers.
class HashThreads {
 public:
  using Work = std::function<void(argon2id::HashMemory&)>;

  explicit HashThreads(unsigned count, std::chrono::milliseconds kept_for = std::chrono::seconds(5))
      : kept_for_(kept_for), count_(count) {}
  ~HashThreads();
  HashThreads(const HashThreads&) = delete;
  HashThreads& operator=(const HashThreads&) = delete;
  /// Runs `work`, in the order of the calls, and throws what it throws. `unavailable` with `retry_after`, without
  /// beginning `work`, when no thread becomes free within `wait`. The first call starts the threads.
  Result<> run(std::chrono::milliseconds wait, const Work& work);

 private:
  struct Job;
  void start();
  void serve();
  void accept();

  const std::chrono::milliseconds kept_for_;
  std::mutex mutex_{};
  std::condition_variable came_{};
  std::deque<Job*> waiting_{};
  unsigned count_;
  unsigned busy_ = 0;  // jobs accepted and not finished: a thread is at them or about to be
  bool stopping_ = false;
  std::vector<std::jthread> threads_{};
};

}  // namespace rowan::crypto
