#pragma once
// Not installed. Fingerprint: by what something that was seen before is found again in memory, in a fifth of the time
// of a hash.
#include <array>
#include <cstddef>
#include <rowan/crypto/key.hpp>
#include <span>

namespace rowan::crypto {

/// Poly1305 under a key that this process made up. Two texts have the same one with a probability of about 2^-100,
/// whoever chose them, as long as no fingerprint is ever shown to anyone: it is only compared with others in memory.
/// It is no MAC for messages. Thread-safe; no allocation.
class Fingerprint {
 public:
  using Value = std::array<std::byte, 16>;
  explicit Fingerprint(const Key256& key);
  Value operator()(std::span<const std::byte> text) const;

 private:
  Key256 key_;
};

}  // namespace rowan::crypto
