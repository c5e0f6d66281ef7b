#pragma once
// Not installed. One AES-256 block over unique input: how a `jti` hides its number (the one exception of CRY-01).
#include <array>
#include <cstdint>
#include <rowan/crypto/key.hpp>

namespace rowan::crypto {

using Block = std::array<std::byte, 16>;

/// Copies are the same key. Throws std::runtime_error should OpenSSL fail.
class BlockKey {
 public:
  explicit BlockKey(const Key256& key);
  Block encrypt(const Block& plain) const;  // no allocation after a thread's first use; thread-safe
  Block decrypt(const Block& cipher) const;

 private:
  Key256 key_;
  std::uint64_t number_;
};

}  // namespace rowan::crypto
