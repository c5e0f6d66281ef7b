#pragma once
// Internal. How many password hashes may run at once (SECURITY PWD-15).
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <rowan/base/result.hpp>

namespace rowan::crypto {

/// Thread-safe; must outlive the slots taken from it.
class HashSlots {
  struct Return {
    void operator()(HashSlots* slots) const { slots->put_back(); }
  };

 public:
  /// Held while computing; gives the slot back when it goes.
  using Slot = std::unique_ptr<HashSlots, Return>;

  explicit HashSlots(unsigned count) : free_(count) {}
  /// `unavailable` with `retry_after` when none came free within `wait`.
  Result<Slot> take(std::chrono::milliseconds wait);

 private:
  void put_back();

  std::mutex mutex_{};
  std::condition_variable came_free_{};
  unsigned free_;
};

}  // namespace rowan::crypto
