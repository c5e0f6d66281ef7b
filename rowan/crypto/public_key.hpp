#pragma once
// Internal. A public key as OpenSSL has it, and the signature algorithms of WebAuthn and of JSON Web Signatures that we
// verify.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

struct evp_pkey_st;    // OpenSSL's EVP_PKEY
struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

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

/// The kind of a key and how it signs, whatever a standard calls it.
enum class SignatureScheme : std::uint8_t {
  ecdsa_p256_sha256,
  ecdsa_p384_sha384,
  ecdsa_p521_sha512,
  ed25519,
  rsa_sha256,  // RSASSA-PKCS1-v1_5
  rsa_sha384,
  rsa_sha512,
  rsa_pss_sha256,  // RSASSA-PSS: MGF1 with the same hash, a salt as long as the hash
  rsa_pss_sha384,
  rsa_pss_sha512,
};

inline constexpr std::size_t signature_schemes = 10;

SignatureScheme scheme_of(CoseAlgorithm algorithm);
/// OpenSSL's name of the hash; null for Ed25519, which has its own.
const char* digest_of(SignatureScheme scheme);
constexpr bool is_pss(SignatureScheme scheme) { return scheme >= SignatureScheme::rsa_pss_sha256; }

/// The least for every RSA key; the most for that of a passkey, and for any.
inline constexpr int least_rsa_bits = 2048, most_rsa_bits = 4096, most_rsa_bits_of_any = 8192;

/// Where the bytes of a key come from. A key that we stored was checked when it came.
enum class KeyOrigin : std::uint8_t { stranger, stored };

/// Shares the key when copied; thread-safe to use.
class PublicKey {
 public:
  /// Each is nullopt when the bytes are not a key: a point off its curve, or numbers out of bounds.
  static std::optional<PublicKey> p256(std::span<const std::byte> x, std::span<const std::byte> y);
  static std::optional<PublicKey> p384(std::span<const std::byte> x, std::span<const std::byte> y);
  static std::optional<PublicKey> p521(std::span<const std::byte> x, std::span<const std::byte> y);
  static std::optional<PublicKey> ed25519(std::span<const std::byte> point, KeyOrigin origin = KeyOrigin::stranger);
  static std::optional<PublicKey> rsa(std::span<const std::byte> modulus, std::span<const std::byte> exponent,
                                      int most_bits = most_rsa_bits);
  /// One that OpenSSL read, from a certificate.
  explicit PublicKey(std::shared_ptr<evp_pkey_st> key);

  /// Whether it has the type, curve and size that the algorithm asks for.
  bool suits(CoseAlgorithm algorithm) const;
  bool suits(SignatureScheme scheme) const;
  /// False also when the key does not suit. ECDSA signatures are DER and nothing else: no other spelling, no byte
  /// behind it.
  bool verify(CoseAlgorithm algorithm, std::span<const std::byte> signature, std::span<const std::byte> bytes) const;
  bool verify(SignatureScheme scheme, std::span<const std::byte> signature, std::span<const std::byte> bytes) const;
  bool equals(const PublicKey& other) const;

  /// For a key that verifies often: what `verify` sets up anew each time, which is a fifth of an RSA verification. Null
  /// when the key does not suit. Thread-safe to use.
  std::shared_ptr<const evp_md_ctx_st> prepare(SignatureScheme scheme) const;
  static bool verify(const evp_md_ctx_st& prepared, std::span<const std::byte> signature,
                     std::span<const std::byte> bytes);

 private:
  enum class Kind : std::uint8_t { other, p256, p384, p521, ed25519, rsa };
  std::shared_ptr<evp_pkey_st> key_;
  Kind kind_ = Kind::other;  // OpenSSL takes a microsecond to say it
  int bits_ = 0;
};

}  // namespace rowan::crypto
