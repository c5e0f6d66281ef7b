#pragma once
// Internal. A public key as OpenSSL has it, and the signature algorithms of WebAuthn that we verify.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace rowan::crypto {

/// As the IANA registry "COSE Algorithms" numbers them; WebAuthn section 5.8.5 fixes the curves.
enum class CoseAlgorithm : std::int32_t {
  es256 = -7,    // ECDSA, P-256, SHA-256
  eddsa = -8,    // Ed25519
  es384 = -35,   // ECDSA, P-384, SHA-384
  rs256 = -257,  // RSASSA-PKCS1-v1_5, SHA-256
};

/// Nullopt for one that we do not verify.
std::optional<CoseAlgorithm> cose_algorithm(std::int64_t number);

inline constexpr int least_rsa_bits = 2048, most_rsa_bits = 4096;

/// Where the bytes of a key come from. A key that we stored was checked when it came.
enum class KeyOrigin : std::uint8_t { stranger, stored };

/// Shares the key when copied; thread-safe to use.
class PublicKey {
 public:
  /// Each is nullopt when the bytes are not a key: a point off its curve, or numbers out of bounds.
  static std::optional<PublicKey> p256(std::span<const std::byte> x, std::span<const std::byte> y);
  static std::optional<PublicKey> p384(std::span<const std::byte> x, std::span<const std::byte> y);
  static std::optional<PublicKey> ed25519(std::span<const std::byte> point, KeyOrigin origin = KeyOrigin::stranger);
  static std::optional<PublicKey> rsa(std::span<const std::byte> modulus, std::span<const std::byte> exponent);
  /// One that OpenSSL read, from a certificate.
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}

  /// Whether it has the type, curve and size that the algorithm asks for.
  bool suits(CoseAlgorithm algorithm) const;
  /// False also when the key does not suit. ECDSA signatures are DER and nothing else: no other spelling, no byte
  /// behind it.
  bool verify(CoseAlgorithm algorithm, std::span<const std::byte> signature, std::span<const std::byte> bytes) const;
  bool equals(const PublicKey& other) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace rowan::crypto
