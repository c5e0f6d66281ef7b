#pragma once
// AES-256-GCM (NIST SP 800-38D), 12-byte nonce, 16-byte tag appended. No allocation after a thread's first use of a
// key.
#include <cstdint>
#include <optional>
#include <rowan/crypto/key.hpp>
#include <span>

namespace rowan::crypto {

inline constexpr std::size_t nonce_size = 12;
inline constexpr std::size_t tag_size = 16;

/// An initialised key. Thread-safe: each thread keeps cipher contexts of its own, found by the key's number
/// (cipher_context.hpp). Copies are the same key.
class AeadKey {
 public:
  explicit AeadKey(const Key256& key);
  /// The nonce must never repeat under one key. `out` may not overlap `plain`. Throws std::length_error unless
  /// out.size() == plain.size() + tag_size, std::runtime_error should OpenSSL fail; `out` then holds zeros.
  void seal(std::span<const std::byte, nonce_size> nonce, std::span<const std::byte> associated,
            std::span<const std::byte> plain, std::span<std::byte> out) const;
  /// The number of plain bytes written to `out`; nullopt when anything was tampered with (`out` then holds nothing of
  /// the plain text) or `out` is too small.
  std::optional<std::size_t> open(std::span<const std::byte, nonce_size> nonce, std::span<const std::byte> associated,
                                  std::span<const std::byte> sealed, std::span<std::byte> out) const;

 private:
  Key256 key_;
  std::uint64_t number_;  // unique in the process: the thread's context cache is keyed by it
};

}  // namespace rowan::crypto
