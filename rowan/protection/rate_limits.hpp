#pragma once
// Not installed. Rate limits, counted atomically in the database: shared by nodes, kept over restarts (THR-01, THR-12,
// THR-13).
#include <chrono>
#include <rowan/base/clock.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/protection/limit.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/sweep.hpp>
#include <string_view>
#include <vector>

namespace rowan::protection {

/// A window begins with the first attempt, holds `max` of them, and never ends later than its length from now, whatever
/// a clock that ran ahead has written. Counting comes before the attempt, so a burst cannot slip through. Thread-safe.
class RateLimits {
 public:
  /// Counts under the newest secret and also reads what was counted under the older ones. So a new secret forgets
  /// nothing, and removing the oldest forgets only what was counted while it was the newest. `enabled` false: nothing
  /// is counted.
  RateLimits(Database& database, const crypto::KeyRing& keys, const Clock& clock, bool enabled = true);
  /// Counts one attempt in each, all in one transaction. Returns an error at the first limit that is exceeded and does
  /// not only mute; the ones after it are not counted. True: muted.
  Result<bool> attempt(const std::vector<Count>& counts);
  /// Gives one attempt back in the caller's transaction: it succeeded.
  Result<> forgive(Transaction& transaction, const Count& count);
  /// Forgets all attempts in the caller's transaction: the series of failures has ended.
  Result<> clear(Transaction& transaction, const Count& count);
  /// Whether anything is counted.
  bool is_enabled() const { return enabled_; }
  /// Removes windows that have ended.
  Result<> expire(Sweep& sweep);

 private:
  std::string key(std::size_t secret, const Count& count) const;
  Database* database_;
  const Clock* clock_;
  bool enabled_;
  std::vector<crypto::HmacSha256> macs_{};  // newest secret first
};

}  // namespace rowan::protection
