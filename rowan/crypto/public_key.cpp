#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <rowan/crypto/openssl_parts.hpp>
#include <rowan/crypto/public_key.hpp>
#include <string_view>
#include <utility>

namespace rowan::crypto {

namespace {

using Bytes = std::span<const std::byte>;

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

const unsigned char* data_of(Bytes bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

std::shared_ptr<EVP_PKEY> made(const char* type, OSSL_PARAM* parameters) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    return nullptr;
  return {key, EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> curve_of(const char* name) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(name), 0),
      OSSL_PARAM_construct_end(),
  };
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEY_PARAMETERS, parameters.data()) != 1)
    return nullptr;
  return {key, EVP_PKEY_free};
}

/// `curve` is a key that has only its curve: setting one up takes four times as long as copying it.
template <std::size_t Size>
std::optional<PublicKey> on_curve(const std::shared_ptr<EVP_PKEY>& curve, Bytes x, Bytes y) {
  if (!curve || x.size() != Size || y.size() != Size) return std::nullopt;
  std::array<unsigned char, 1 + 2 * Size> point{4};  // SEC 1 section 2.3.3, uncompressed
  std::copy_n(data_of(x), Size, point.begin() + 1);
  std::copy_n(data_of(y), Size, point.begin() + 1 + Size);
  const NoErrorsLeft quiet;
  std::shared_ptr<EVP_PKEY> key(EVP_PKEY_dup(curve.get()), EVP_PKEY_free);
  // Reading the point checks that both coordinates are below the prime and that it lies on the curve. These curves
  // have no smaller subgroup to hide in.
  if (!key || EVP_PKEY_set1_encoded_public_key(key.get(), point.data(), point.size()) != 1) return std::nullopt;
  return PublicKey(std::move(key));
}

}  // namespace

std::optional<CoseAlgorithm> cose_algorithm(std::int64_t number) {
  for (const auto known : {CoseAlgorithm::es256, CoseAlgorithm::eddsa, CoseAlgorithm::es384, CoseAlgorithm::rs256})
    if (number == static_cast<std::int64_t>(known)) return known;
  return std::nullopt;
}

SignatureScheme scheme_of(CoseAlgorithm algorithm) {
  switch (algorithm) {
    case CoseAlgorithm::es256: return SignatureScheme::ecdsa_p256_sha256;
    case CoseAlgorithm::es384: return SignatureScheme::ecdsa_p384_sha384;
    case CoseAlgorithm::eddsa: return SignatureScheme::ed25519;
    case CoseAlgorithm::rs256: return SignatureScheme::rsa_sha256;
  }
  std::unreachable();
}

const char* digest_of(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::ecdsa_p256_sha256:
    case SignatureScheme::rsa_sha256:
    case SignatureScheme::rsa_pss_sha256: return "SHA256";
    case SignatureScheme::ecdsa_p384_sha384:
    case SignatureScheme::rsa_sha384:
    case SignatureScheme::rsa_pss_sha384: return "SHA384";
    case SignatureScheme::ecdsa_p521_sha512:
    case SignatureScheme::rsa_sha512:
    case SignatureScheme::rsa_pss_sha512: return "SHA512";
    case SignatureScheme::ed25519: return nullptr;
  }
  return nullptr;
}

PublicKey::PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)), bits_(EVP_PKEY_get_bits(key_.get())) {
  if (EVP_PKEY_is_a(key_.get(), "RSA") == 1) {
    kind_ = Kind::rsa;
  } else if (EVP_PKEY_is_a(key_.get(), "ED25519") == 1) {
    kind_ = Kind::ed25519;
  } else if (EVP_PKEY_is_a(key_.get(), "EC") == 1) {
    std::array<char, 32> buffer{};
    std::size_t size = 0;
    if (EVP_PKEY_get_utf8_string_param(key_.get(), OSSL_PKEY_PARAM_GROUP_NAME, buffer.data(), buffer.size(), &size) !=
        1)
      return;
    const std::string_view curve(buffer.data(), size);
    if (curve == SN_X9_62_prime256v1) kind_ = Kind::p256;
    if (curve == SN_secp384r1) kind_ = Kind::p384;
    if (curve == SN_secp521r1) kind_ = Kind::p521;
  }
}

std::optional<PublicKey> PublicKey::p256(Bytes x, Bytes y) {
  static const auto curve = curve_of(SN_X9_62_prime256v1);
  return on_curve<32>(curve, x, y);
}

std::optional<PublicKey> PublicKey::p384(Bytes x, Bytes y) {
  static const auto curve = curve_of(SN_secp384r1);
  return on_curve<48>(curve, x, y);
}

std::optional<PublicKey> PublicKey::p521(Bytes x, Bytes y) {
  static const auto curve = curve_of(SN_secp521r1);
  return on_curve<66>(curve, x, y);
}

std::optional<PublicKey> PublicKey::ed25519(Bytes point, KeyOrigin origin) {
  // OpenSSL takes any 32 bytes. libsodium asks whether they are a point, spelt in the one way, of the prime subgroup.
  if (point.size() != crypto_core_ed25519_BYTES ||
      (origin == KeyOrigin::stranger && crypto_core_ed25519_is_valid_point(data_of(point)) != 1))
    return std::nullopt;
  const NoErrorsLeft quiet;
  std::shared_ptr<EVP_PKEY> key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data_of(point), point.size()),
                                EVP_PKEY_free);
  if (!key) return std::nullopt;
  return PublicKey(std::move(key));
}

std::optional<PublicKey> PublicKey::rsa(Bytes modulus, Bytes exponent, int most_bits) {
  // RFC 8230 section 4: as few bytes as possible. A long exponent only makes verifying slow.
  if (modulus.size() < least_rsa_bits / 8 || modulus.size() > static_cast<std::size_t>(most_bits) / 8 ||
      modulus.front() == std::byte{0} || exponent.empty() || exponent.size() > 4 || exponent.front() == std::byte{0})
    return std::nullopt;
  const auto is_odd = [](Bytes number) { return (number.back() & std::byte{1}) == std::byte{1}; };
  const bool is_one = exponent.size() == 1 && exponent.front() == std::byte{1};
  if (!is_odd(modulus) || !is_odd(exponent) || is_one) return std::nullopt;
  const NoErrorsLeft quiet;
  const auto number = [](Bytes bytes) {
    return std::unique_ptr<BIGNUM, Free<BN_free>>(BN_bin2bn(data_of(bytes), static_cast<int>(bytes.size()), nullptr));
  };
  const auto n = number(modulus), e = number(exponent);
  const std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < least_rsa_bits ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return std::nullopt;
  const std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>> parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  auto key = parameters ? made("RSA", parameters.get()) : nullptr;
  if (!key) return std::nullopt;
  return PublicKey(std::move(key));
}

bool PublicKey::suits(CoseAlgorithm algorithm) const {
  return suits(scheme_of(algorithm)) && (algorithm != CoseAlgorithm::rs256 || bits_ <= most_rsa_bits);
}

bool PublicKey::suits(SignatureScheme scheme) const {
  switch (scheme) {
    case SignatureScheme::ecdsa_p256_sha256: return kind_ == Kind::p256;
    case SignatureScheme::ecdsa_p384_sha384: return kind_ == Kind::p384;
    case SignatureScheme::ecdsa_p521_sha512: return kind_ == Kind::p521;
    case SignatureScheme::ed25519: return kind_ == Kind::ed25519;
    case SignatureScheme::rsa_sha256:
    case SignatureScheme::rsa_sha384:
    case SignatureScheme::rsa_sha512:
    case SignatureScheme::rsa_pss_sha256:
    case SignatureScheme::rsa_pss_sha384:
    case SignatureScheme::rsa_pss_sha512:
      return kind_ == Kind::rsa && bits_ >= least_rsa_bits && bits_ <= most_rsa_bits_of_any;
  }
  return false;
}

bool PublicKey::verify(CoseAlgorithm algorithm, Bytes signature, Bytes bytes) const {
  return suits(algorithm) && verify(scheme_of(algorithm), signature, bytes);
}

std::shared_ptr<const evp_md_ctx_st> PublicKey::prepare(SignatureScheme scheme) const {
  const NoErrorsLeft quiet;
  if (!suits(scheme)) return nullptr;
  std::shared_ptr<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* of_key = nullptr;  // the context's own
  if (!context ||
      EVP_DigestVerifyInit_ex(context.get(), &of_key, digest_of(scheme), nullptr, nullptr, key_.get(), nullptr) != 1)
    return nullptr;
  if (is_pss(scheme) && (EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) != 1 ||
                         EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST) != 1))
    return nullptr;
  return context;
}

namespace {

bool finish(EVP_MD_CTX* context, Bytes signature, Bytes bytes) {
  // OpenSSL reads an ECDSA signature, writes it anew and refuses it if that is not what it read.
  return EVP_DigestVerify(context, data_of(signature), signature.size(), data_of(bytes), bytes.size()) == 1;
}

}  // namespace

bool PublicKey::verify(SignatureScheme scheme, Bytes signature, Bytes bytes) const {
  const NoErrorsLeft quiet;
  const auto context = std::const_pointer_cast<EVP_MD_CTX>(prepare(scheme));
  return context && finish(context.get(), signature, bytes);
}

bool PublicKey::verify(const evp_md_ctx_st& prepared, Bytes signature, Bytes bytes) {
  const NoErrorsLeft quiet;
  const DigestContext context(EVP_MD_CTX_new());
  return context && EVP_MD_CTX_copy_ex(context.get(), &prepared) == 1 && finish(context.get(), signature, bytes);
}

bool PublicKey::equals(const PublicKey& other) const {
  const NoErrorsLeft quiet;
  return EVP_PKEY_eq(key_.get(), other.key_.get()) == 1;
}

}  // namespace rowan::crypto
