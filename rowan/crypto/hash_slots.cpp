#include <rowan/crypto/hash_slots.hpp>

namespace rowan::crypto {

// A mutex and a condition variable, for std::counting_semaphore's timed wait in libstdc++ 12 could miss a release.
Result<HashSlots::Slot> HashSlots::take(std::chrono::milliseconds wait) {
  using namespace std::chrono_literals;
  std::unique_lock lock(mutex_);
  if (!came_free_.wait_for(lock, wait, [this] { return free_ > 0; }))
    return Error{.code = ErrorCode::unavailable, .reason = "every password hash slot is busy", .retry_after = 1s};
  --free_;
  return Slot(this);
}

void HashSlots::put_back() {
  {
    const std::lock_guard lock(mutex_);
    ++free_;
  }
  came_free_.notify_one();
}

}  // namespace rowan::crypto
