#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/openssl_parts.hpp>
#include <rowan/testing/es256_key.hpp>
#include <stdexcept>

namespace rowan::testing {

namespace {

using crypto::Free;

constexpr int number_size = 32;

void must(bool worked) {
  if (!worked) throw std::runtime_error("Es256Key: OpenSSL failed");
}

unsigned char* data_of(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
const unsigned char* data_of(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

std::string padded(const BIGNUM* number) {
  std::string bytes(number_size, '\0');
  must(BN_bn2binpad(number, data_of(bytes), number_size) == number_size);
  return bytes;
}

std::string coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* read = nullptr;
  must(EVP_PKEY_get_bn_param(key, name, &read) == 1);
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(read);
  return to_base64url(as_bytes(padded(read)));
}

}  // namespace

Es256Key::Es256Key(std::string key_id) : key_id_(std::move(key_id)), key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
  must(key_ != nullptr);
}

Json Es256Key::jwk() const {
  return {{"kty", "EC"},
          {"crv", "P-256"},
          {"x", coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X)},
          {"y", coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y)},
          {"kid", key_id_},
          {"use", "sig"},
          {"alg", "ES256"}};
}

std::string Es256Key::public_pem() const {
  const std::unique_ptr<BIO, Free<BIO_free>> out(BIO_new(BIO_s_mem()));
  must(out && PEM_write_bio_PUBKEY(out.get(), key_.get()) == 1);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string Es256Key::sign(std::string_view bytes) const {
  const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  must(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  std::string der(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = der.size();
  must(EVP_DigestSign(context.get(), data_of(der), &size, data_of(bytes), bytes.size()) == 1);
  const unsigned char* at = data_of(std::string_view(der));
  const std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  must(signature != nullptr);
  return padded(ECDSA_SIG_get0_r(signature.get())) + padded(ECDSA_SIG_get0_s(signature.get()));
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string tag(SHA256_DIGEST_LENGTH, '\0');
  must(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data_of(bytes), bytes.size(), data_of(tag),
            nullptr) != nullptr);
  return tag;
}

std::string sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(data_of(bytes), bytes.size(), data_of(digest));
  return digest;
}

std::string random_text() {
  std::string bytes(24, '\0');
  must(RAND_bytes(data_of(bytes), static_cast<int>(bytes.size())) == 1);
  return to_base64url(as_bytes(bytes));
}

}  // namespace rowan::testing
