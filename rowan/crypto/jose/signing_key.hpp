#pragma once
// Not installed. A private key of ours: for bearer tokens, and for what we make for others, such as private_key_jwt and
// Apple's client secret.
#include <memory>
#include <rowan/base/json.hpp>
#include <rowan/base/secret.hpp>
#include <rowan/crypto/jose/algorithm.hpp>
#include <rowan/crypto/jose/hmac_key.hpp>
#include <string>
#include <vector>

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace rowan::crypto::jose {

inline constexpr int least_rsa_bits_of_ours = 3072, most_rsa_bits_of_ours = 4096;

/// Shares the key when copied; thread-safe to use.
class SigningKey {
 public:
  /// One private key as PEM, without a passphrase: RSA of 2048 to 8192 bits, EC on P-256, P-384 or P-521, Ed25519.
  static Result<SigningKey> from_pem(const Secret& pem);

  /// A new one. RSA keys that we make ourselves have 3072 bits or more.
  static Result<SigningKey> generate(Algorithm algorithm, int rsa_bits = least_rsa_bits_of_ours);
  /// To be stored sealed; from_pem reads it again.
  Result<Secret> to_pem() const;

  bool suits(Algorithm algorithm) const;
  /// The algorithm that a key of this type signs with when nothing else is said: ES256, ES384, ES512, EdDSA, RS256.
  Algorithm usual_algorithm() const;
  /// Its public part, for whoever verifies.
  Json public_jwk(std::string_view key_id, Algorithm algorithm) const;
  /// As a JWS has it. `internal` when the key does not suit.
  Result<std::vector<std::byte>> sign(Algorithm algorithm, std::span<const std::byte> bytes) const;

 private:
  explicit SigningKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

struct JwsHeader {
  Algorithm algorithm{};
  std::string key_id{};      // left out when empty
  std::string type = "JWT";  // left out when empty
};

Result<std::string> sign_jws(const SigningKey& key, const JwsHeader& header, std::string_view payload);
Result<std::string> sign_jws(const HmacKey& key, const JwsHeader& header, std::string_view payload);

}  // namespace rowan::crypto::jose
