#pragma once
// Not installed. Credentials of requests that were identified (docs/architecture.md#credentials-of-requests). Only what
// the database vouched for gets in, so nobody fills it with inventions; what has ended is told by the numbers that each
// entry has, as of any token.
#include <array>
#include <chrono>
#include <cstring>
#include <list>
#include <mutex>
#include <optional>
#include <rowan/base/clock.hpp>
#include <rowan/base/random.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/engine/strategy.hpp>
#include <rowan/tokens/claims.hpp>
#include <unordered_map>
#include <vector>

namespace rowan::engine {

/// Thread-safe. In parts of their own locks, each held for a look-up, so that event loops do not wait for each other.
/// It has no credential in it, only a hash under a key that this process made up.
class CredentialCache {
 public:
  using Key = crypto::Digest;

  /// No more than `capacity`, rounded up to a multiple of the number of parts. For a new one the one that was not used
  /// for the longest time goes. None is older than `lifetime`: a row that was changed by SQL is read again.
  CredentialCache(const Clock& clock, Random& random, std::chrono::nanoseconds lifetime, std::size_t capacity = 20'000)
      : clock_(&clock),
        lifetime_(lifetime),
        capacity_of_part_((capacity + parts_.size() - 1) / parts_.size()),
        mac_(random.bytes<32>()) {}

  Key key_of(std::string_view credential) const;
  /// The claims it stood for when it was looked up. It counts as used now, unless it has expired. Allocates nothing.
  std::optional<Claims> find(const Key& key, Timestamp now) const;
  /// It was looked up, and is used now. `read_at`: Clock::elapsed() before its row was read.
  void put(const Key& key, const Strategy& strategy, const Claims& claims, std::chrono::nanoseconds read_at,
           Timestamp now);
  void forget(const Key& key);

  struct Use {
    const Strategy* strategy = nullptr;
    CredentialUse use{};
  };
  /// What was used and was not told yet; each credential once a minute. `all`: also what was told within the minute.
  std::vector<Use> take_uses(Timestamp now, bool all = false);

 private:
  struct Entry {
    Key key{};
    const Strategy* strategy = nullptr;
    Claims claims{};
    std::chrono::nanoseconds read_at{};
    Timestamp used_at{}, told_at{};
    bool is_untold = false;  // its last use
  };
  struct HashOfKey {
    std::size_t operator()(const Key& key) const noexcept {
      std::size_t hash = 0;
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };
  using Entries = std::list<Entry>;  // the last used in front
  struct alignas(64) Part {
    std::mutex mutex{};
    Entries entries{};
    std::unordered_map<Key, Entries::iterator, HashOfKey> by_key{};
    std::vector<Use> of_gone{};  // uses of entries that had to go before they were told
  };
  Part& part_of(const Key& key) const { return parts_[std::to_integer<std::size_t>(key.back()) % parts_.size()]; }
  static void drop(Part& part, Entries::iterator entry);

  mutable std::array<Part, 16> parts_{};
  const Clock* clock_;
  std::chrono::nanoseconds lifetime_;
  std::size_t capacity_of_part_;
  crypto::HmacSha256 mac_;
};

}  // namespace rowan::engine
