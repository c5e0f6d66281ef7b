#pragma once
// Not installed. The public key of a passkey (COSE_Key, RFC 9052 section 7), as authenticators send it and as it is
// stored.
#include <rowan/base/result.hpp>
#include <rowan/crypto/public_key.hpp>

namespace rowan::crypto {

/// Thread-safe to use; copies share the key.
class CoseKey {
 public:
  /// Strict: exactly the parameters that the algorithm has (kty, alg, curve and point, or modulus and exponent), a
  /// point on its curve, RSA of 2048 to 4096 bits with an odd exponent of 3 to 2^32 - 1. Nothing behind it.
  /// `stored` leaves out the one check that costs about half a verification: that an Ed25519 point is in the prime
  /// subgroup.
  static Result<CoseKey> parse(std::span<const std::byte> encoded, KeyOrigin origin = KeyOrigin::stranger);

  CoseAlgorithm algorithm() const { return algorithm_; }
  const PublicKey& key() const { return key_; }
  bool verify(std::span<const std::byte> signature, std::span<const std::byte> bytes) const {
    return key_.verify(algorithm_, signature, bytes);
  }

 private:
  CoseKey(CoseAlgorithm algorithm, PublicKey key) : algorithm_(algorithm), key_(std::move(key)) {}
  CoseAlgorithm algorithm_;
  PublicKey key_;
};

}  // namespace rowan::crypto
