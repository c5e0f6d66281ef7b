#pragma once
// Not installed. Ids of rows: UUIDs of version 7 that a process gives out in order, and the ids between which those of
// a time lie.
#include <atomic>
#include <rowan/base/uuid.hpp>

namespace rowan::add_ons::audit_log {

/// Thread-safe.
class Ids {
 public:
  /// Greater than every one before it, unless the clock was set back by more than a second.
  std::string next(const Clock& clock, Random& random);

 private:
  std::atomic<std::int64_t> last_ = 0;  // microseconds
};

/// No id that is made at this time or later is smaller, and no earlier one is greater.
std::string first_id_at(Timestamp time);

}  // namespace rowan::add_ons::audit_log
