#pragma once
// Not installed. A public key as others publish it (RFC 7517, RFC 7518 section 6, RFC 8037).
#include <optional>
#include <rowan/base/json.hpp>
#include <rowan/base/result.hpp>
#include <rowan/crypto/jose/algorithm.hpp>
#include <rowan/crypto/public_key.hpp>
#include <string>

namespace rowan::crypto::jose {

inline constexpr std::size_t most_key_id_bytes = 256;

/// Thread-safe to use; copies share the key.
class Jwk {
 public:
  /// Strict. `malformed_request` when it is no such key, is off its curve or out of bounds, is not for verifying
  /// signatures, or has a private member. RSA has 2048 to 8192 bits and an odd exponent of 3 to 2^32 - 1, and none of
  /// the weak kind that is known as ROCA.
  static Result<Jwk> parse(const Json& jwk);
  /// A member of it is private, or it is a shared secret: it must never have been published.
  static bool is_secret(const Json& jwk);

  const std::string& key_id() const { return key_id_; }  // empty: it has none
  /// Whether its type and curve are the algorithm's, and the key itself names no other algorithm.
  bool suits(Algorithm algorithm) const;
  /// `signature` as a JWS has it. False also when the key does not suit.
  bool verify(Algorithm algorithm, std::span<const std::byte> signature, std::span<const std::byte> bytes) const;
  bool is_same_key(const Jwk& other) const { return key_.equals(other.key_); }

 private:
  class Prepared;
  explicit Jwk(PublicKey key);
  PublicKey key_;
  std::shared_ptr<Prepared> prepared_;
  std::string key_id_{};
  std::optional<Algorithm> only_{};
};

}  // namespace rowan::crypto::jose
