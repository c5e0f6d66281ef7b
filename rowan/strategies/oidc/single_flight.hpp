#pragma once
// Not installed. What a provider is asked for is asked once, however many wait for it.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <rowan/base/clock.hpp>

namespace rowan::strategies::oidc {

/// Guarded by its owner's mutex, which also guards what was learned.
class SingleFlight {
 public:
  using Elapsed = std::chrono::nanoseconds;

  /// False for a second after a failure, then for two, up to a minute.
  bool may_ask(Elapsed now) const { return now >= not_before_; }

  /// Asks, or waits for the one who is asking. `ask()` runs without the lock; `take(its answer, now)` has it again and
  /// returns whether the answer was good.
  template <class Ask, class Take>
  void ask_once(std::unique_lock<std::mutex>& lock, const Clock& clock, const Ask& ask, const Take& take) {
    if (asking_) {
      answered_.wait(lock, [&] { return !asking_; });
      return;
    }
    asking_ = true;
    const Landing landing{*this, lock};
    lock.unlock();
    auto answer = ask();
    lock.lock();
    const auto now = clock.elapsed();
    if (take(std::move(answer), now)) {
      wait_ = std::chrono::seconds(1);
    } else {
      not_before_ = now + wait_;
      wait_ = std::min(2 * wait_, std::chrono::seconds(60));
    }
  }

 private:
  // Also when something throws: the others must not wait for ever.
  struct Landing {
    SingleFlight& flight;
    std::unique_lock<std::mutex>& lock;
    ~Landing() {
      if (!lock.owns_lock()) lock.lock();
      flight.asking_ = false;
      flight.answered_.notify_all();
    }
  };

  bool asking_ = false;
  std::condition_variable answered_{};
  Elapsed not_before_{};
  std::chrono::seconds wait_{1};
};

}  // namespace rowan::strategies::oidc
