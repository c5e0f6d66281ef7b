#pragma once
// Not installed. Tokens whose signature was checked before: a signature with a public key takes 30 to 150 µs, this a
// fraction of one. Only what was verified gets in, so inventions push out no one.
#include <array>
#include <list>
#include <mutex>
#include <optional>
#include <rowan/base/random.hpp>
#include <rowan/crypto/fingerprint.hpp>
#include <rowan/tokens/claims.hpp>
#include <unordered_map>

namespace rowan::tokens {

/// Thread-safe. In parts of their own locks, each held for a look-up. It has no token in it, only fingerprints under a
/// key that this process made up.
class VerifiedTokens {
 public:
  struct Entry {
    Claims claims{};
    Timestamp not_before{};
    Timestamp until{};             // nothing is told of it from then on: the key retires
    std::int64_t key = 0;          // the number of the key that signed it
    std::uint64_t keys_version{};  // SigningKeys::version() before it was verified
  };
  using Key = crypto::Fingerprint::Value;

  explicit VerifiedTokens(Random& random, std::size_t capacity = 20'000);
  Key key_of(std::string_view token) const { return fingerprint_(as_bytes_of(token)); }
  /// Nullopt also when it was verified by another version of the keys. Allocates nothing.
  std::optional<Entry> find(const Key& key, std::uint64_t keys_version) const;
  /// For a new one the one that was not used for the longest time goes.
  void put(const Key& key, const Entry& entry);

 private:
  static std::span<const std::byte> as_bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
  }
  struct Kept {
    Key key{};
    Entry entry{};
  };
  struct HashOfKey {
    std::size_t operator()(const Key& key) const noexcept;
  };
  using Entries = std::list<Kept>;  // the last used in front
  struct alignas(64) Part {
    std::mutex mutex{};
    Entries entries{};
    std::unordered_map<Key, Entries::iterator, HashOfKey> by_key{};
  };
  Part& part_of(const Key& key) const { return parts_[std::to_integer<std::size_t>(key.back()) % parts_.size()]; }

  mutable std::array<Part, 16> parts_{};
  std::size_t capacity_of_part_;
  crypto::Fingerprint fingerprint_;
};

}  // namespace rowan::tokens
