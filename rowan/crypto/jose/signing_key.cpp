#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/jose/signature.hpp>
#include <rowan/crypto/jose/signing_key.hpp>
#include <rowan/crypto/openssl_parts.hpp>
#include <utility>

namespace rowan::crypto::jose {

namespace {

Error internal(std::string_view what) {
  return Error{.code = ErrorCode::internal, .reason = "signing key: " + std::string(what)};
}

/// OpenSSL would ask at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

std::string number_at(const EVP_PKEY* key, const char* name, int size) {
  BIGNUM* read = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &read) != 1) return {};
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(read);
  std::vector<std::byte> bytes(static_cast<std::size_t>(size == 0 ? BN_num_bytes(read) : size));
  if (BN_bn2binpad(read, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) < 0) return {};
  return to_base64url(bytes);
}

Json point(const EVP_PKEY* key, const char* curve, int size) {
  return {{"kty", "EC"},
          {"crv", curve},
          {"x", number_at(key, OSSL_PKEY_PARAM_EC_PUB_X, size)},
          {"y", number_at(key, OSSL_PKEY_PARAM_EC_PUB_Y, size)}};
}

}  // namespace

Result<SigningKey> SigningKey::from_pem(const Secret& pem) {
  const NoErrorsLeft quiet;
  const auto text = pem.expose();
  const std::unique_ptr<BIO, Free<BIO_free>> source(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!source) return internal("no memory");
  std::shared_ptr<EVP_PKEY> read(PEM_read_bio_PrivateKey(source.get(), nullptr, &no_passphrase, nullptr),
                                 EVP_PKEY_free);
  if (!read) return internal("not one private key as PEM without a passphrase");
  SigningKey key(std::move(read));
  if (!key.suits(key.usual_algorithm()))
    return internal("neither RSA of 2048 to 8192 bits, P-256, P-384, P-521 nor Ed25519");
  return key;
}

Result<SigningKey> SigningKey::generate(Algorithm algorithm, int rsa_bits) {
  const NoErrorsLeft quiet;
  if (is_symmetric(algorithm)) return internal("a shared secret is not made here");
  if (rsa_bits < least_rsa_bits_of_ours || rsa_bits > most_rsa_bits_of_ours)
    return internal("RSA of 3072 to 4096 bits only");
  EVP_PKEY* made = nullptr;
  switch (algorithm) {
    case Algorithm::es256: made = EVP_EC_gen("P-256"); break;
    case Algorithm::es384: made = EVP_EC_gen("P-384"); break;
    case Algorithm::es512: made = EVP_EC_gen("P-521"); break;
    case Algorithm::eddsa: made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
    default: made = EVP_RSA_gen(static_cast<unsigned>(rsa_bits));
  }
  if (made == nullptr) return internal("OpenSSL makes none");
  SigningKey key(std::shared_ptr<EVP_PKEY>(made, EVP_PKEY_free));
  if (!key.suits(algorithm)) return internal("OpenSSL made one of another kind");
  return key;
}

Result<Secret> SigningKey::to_pem() const {
  const NoErrorsLeft quiet;
  const std::unique_ptr<BIO, Free<BIO_free>> out(BIO_new(BIO_s_secmem()));
  if (!out || PEM_write_bio_PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return internal("OpenSSL does not write it");
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  auto pem = Secret::from_text({text, static_cast<std::size_t>(size)});
  OPENSSL_cleanse(text, static_cast<std::size_t>(size));
  return pem;
}

bool SigningKey::suits(Algorithm algorithm) const {
  return !is_symmetric(algorithm) && PublicKey(key_).suits(scheme_of(algorithm));
}

Algorithm SigningKey::usual_algorithm() const {
  for (const auto algorithm : {Algorithm::es256, Algorithm::es384, Algorithm::es512, Algorithm::eddsa})
    if (suits(algorithm)) return algorithm;
  return Algorithm::rs256;
}

Json SigningKey::public_jwk(std::string_view key_id, Algorithm algorithm) const {
  std::vector<std::byte> raw(32);
  std::size_t size = raw.size();
  Json jwk{};
  switch (usual_algorithm()) {
    case Algorithm::es256: jwk = point(key_.get(), "P-256", 32); break;
    case Algorithm::es384: jwk = point(key_.get(), "P-384", 48); break;
    case Algorithm::es512: jwk = point(key_.get(), "P-521", 66); break;
    case Algorithm::eddsa:
      EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(raw.data()), &size);
      jwk = {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", to_base64url(raw)}};
      break;
    default:
      jwk = {{"kty", "RSA"},
             {"n", number_at(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0)},
             {"e", number_at(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0)}};
  }
  auto fields = jwk.fields();
  fields.emplace_back("kid", Json(key_id));
  fields.emplace_back("use", Json("sig"));
  fields.emplace_back("alg", Json(name_of(algorithm)));
  return Json::object(fields);
}

Result<std::vector<std::byte>> SigningKey::sign(Algorithm algorithm, std::span<const std::byte> bytes) const {
  if (!suits(algorithm)) return internal("it is not for " + std::string(name_of(algorithm)));
  const NoErrorsLeft quiet;
  const auto scheme = scheme_of(algorithm);
  const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* of_key = nullptr;  // the context's own
  if (!context ||
      EVP_DigestSignInit_ex(context.get(), &of_key, digest_of(scheme), nullptr, nullptr, key_.get(), nullptr) != 1)
    return internal("OpenSSL does not sign with it");
  if (is_pss(scheme) && (EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) != 1 ||
                         EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST) != 1))
    return internal("OpenSSL does not sign with it");
  std::vector<std::byte> signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  auto size = signature.size();
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) != 1)
    return internal("OpenSSL does not sign with it");
  signature.resize(size);
  const auto number_size = ecdsa_number_size(scheme);
  return number_size == 0 ? signature : ecdsa_from_der(signature, number_size);
}

namespace {

std::string unsigned_part(const JwsHeader& header, std::string_view payload) {
  std::vector<std::pair<std::string, Json>> fields{{"alg", name_of(header.algorithm)}};
  if (!header.key_id.empty()) fields.emplace_back("kid", header.key_id);
  if (!header.type.empty()) fields.emplace_back("typ", header.type);
  return to_base64url(as_bytes(Json::object(fields).text())) + "." + to_base64url(as_bytes(payload));
}

}  // namespace

Result<std::string> sign_jws(const SigningKey& key, const JwsHeader& header, std::string_view payload) {
  auto token = unsigned_part(header, payload);
  ROWAN_TRY(const auto signature, key.sign(header.algorithm, as_bytes(token)));
  return token + "." + to_base64url(signature);
}

Result<std::string> sign_jws(const HmacKey& key, const JwsHeader& header, std::string_view payload) {
  auto token = unsigned_part(header, payload);
  const auto tag = key.sign(header.algorithm, as_bytes(token));
  if (tag.empty())
    return internal("the shared secret is not for " + std::string(name_of(header.algorithm)) +
                    ", or shorter than its hash");
  return token + "." + to_base64url(tag);
}

}  // namespace rowan::crypto::jose
