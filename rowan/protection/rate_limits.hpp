#pragma once
// Rate limits, counted atomically in the database: shared by nodes, kept over restarts (SECURITY THR-01, THR-12, THR-13).
#include <chrono>
#include <rowan/base/clock.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/storage/database.hpp>
#include <string_view>
#include <vector>

namespace rowan::protection {

struct Count {
  std::string scope{};       // "password/sign_in/client"
  std::string value{};       // an address bucket, a normalised identifier; stored only as a keyed hash
  std::int64_t max = 0;
  std::chrono::seconds window{};
  bool locks = false;  // over it: `authentication_failed` like any other failure, instead of a time to come back
};

/// A window begins with the first attempt and holds `max` of them. Counting comes before the attempt, so a burst cannot slip through. Thread-safe.
class RateLimits {
 public:
  RateLimits(Database& database, const crypto::KeyRing& keys, const Clock& clock);
  /// Counts one attempt in each, all in one transaction. `rate_limited` with retry_after when any is over; the others were still counted.
  Result<> attempt(const std::vector<Count>& counts);
  /// Gives one attempt back in the caller's transaction: it succeeded.
  Result<> forgive(Transaction& transaction, const Count& count);
  /// Forgets all attempts in the caller's transaction: the series of failures has ended.
  Result<> clear(Transaction& transaction, const Count& count);
  Result<> expire();

 private:
  std::string key(const Count& count) const;
  Database* database_;
  const Clock* clock_;
  crypto::HmacSha256 mac_;
};

}  // namespace rowan::protection
