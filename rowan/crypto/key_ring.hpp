#pragma once
// Not installed. KeyRing: every key comes from the master secrets by HKDF with a purpose
// (docs/architecture.md#secrets-and-keys).
#include <cstddef>
#include <cstdint>
#include <rowan/base/secret.hpp>
#include <rowan/crypto/key.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::crypto {

inline constexpr std::size_t least_secret_size = 32;

/// Newest secret first: index 0 makes, all verify. Immutable and thread-safe. `secret` below is an index under size().
///
/// Every key is plain HKDF-SHA-256 without a salt (RFC 5869), so anything can compute it again:
/// info = "rowan/" purpose "/v1", and with a context a NUL and the context behind it. A purpose holds no NUL.
class KeyRing {
 public:
  /// At least one secret, none missing, each of 32 bytes or more, all different, no two with one key_id; anything else
  /// throws ConfigError. Two random secrets share a key_id once in 256 times. That is refused rather than worked
  /// around: a name that depended on the neighbours would change as secrets come and go, and what was sealed under it
  /// would no longer open.
  explicit KeyRing(const Secrets& secrets);
  std::size_t size() const { return roots_.size(); }
  /// A key for one purpose ("session cookie", "link tokens", …) and context (a day, a tenant …).
  Key256 derive(std::size_t secret, std::string_view purpose, std::string_view context = {}) const;
  /// A short public name of a secret: the first byte of HKDF with the purpose "key id". The same in every ring the
  /// secret is in; two secrets of one ring never share it.
  std::uint8_t key_id(std::size_t secret) const { return ids_[secret]; }
  /// The text form for a JWT's `kid`: 8 characters of base64url from the same derivation.
  const std::string& kid(std::size_t secret) const { return kids_[secret]; }

 private:
  std::vector<Key256> roots_{};
  std::vector<std::uint8_t> ids_{};
  std::vector<std::string> kids_{};
};

}  // namespace rowan::crypto
