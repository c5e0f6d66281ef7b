#pragma once
// Not installed. AES-256-GCM (NIST SP 800-38D), 12-byte nonce, 16-byte tag appended. No allocation after a thread's
// first use of a key.
#include <array>
#include <cstdint>
#include <optional>
#include <rowan/crypto/key.hpp>
#include <span>

namespace rowan::crypto {

inline constexpr std::size_t nonce_size = 12;
inline constexpr std::size_t tag_size = 16;

/// The library that computes; the bytes are the same. libsodium keeps the expanded key and needs no set-up per call,
/// but has AES-GCM only on CPUs with the instructions for it. OpenSSL has it everywhere.
enum class AeadEngine { fastest, openssl };

/// An initialised key. Thread-safe: it is only read, and for OpenSSL each thread keeps cipher contexts of its own,
/// found by the key's number (cipher_context.hpp). Copies are the same key.
class AeadKey {
 public:
  explicit AeadKey(const Key256& key, AeadEngine engine = AeadEngine::fastest);
  ~AeadKey();  // wipes the key and what was made of it
  AeadKey(const AeadKey&) = default;
  AeadKey& operator=(const AeadKey&) = default;
  /// The nonce must never repeat under one key. `out` may not overlap `plain`. Throws std::length_error unless
  /// out.size() == plain.size() + tag_size, std::runtime_error if the library fails; `out` then holds zeros.
  void seal(std::span<const std::byte, nonce_size> nonce, std::span<const std::byte> associated,
            std::span<const std::byte> plain, std::span<std::byte> out) const;
  /// The number of plain bytes written to `out`; nullopt when anything was tampered with (`out` then holds nothing of
  /// the plain text) or `out` is too small.
  std::optional<std::size_t> open(std::span<const std::byte, nonce_size> nonce, std::span<const std::byte> associated,
                                  std::span<const std::byte> sealed, std::span<std::byte> out) const;

  /// False where only OpenSSL can: an older CPU, or asked for.
  bool expanded() const { return expanded_; }

 private:
  alignas(16) std::array<unsigned char, 512> state_{};  // what libsodium made of the key, when expanded_
  bool expanded_ = false;
  Key256 key_;
  std::uint64_t number_;  // unique in the process: the thread's context cache is keyed by it
};

}  // namespace rowan::crypto
