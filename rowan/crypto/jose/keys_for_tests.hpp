#pragma once
// Keys of each kind, made anew by OpenSSL for a run of the tests.
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <map>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/jose/key_set.hpp>
#include <rowan/crypto/jose/signing_key.hpp>
#include <rowan/crypto/openssl_parts.hpp>

namespace rowan::crypto::jose::for_tests {

inline std::string pem_of(EVP_PKEY* key) {
  const std::unique_ptr<BIO, Free<BIO_free>> out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

inline std::string new_pem(const std::string& kind) {
  const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key(
      kind == "Ed25519"         ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
      : kind.starts_with("RSA") ? EVP_RSA_gen(static_cast<unsigned>(std::stoi(kind.substr(3))))
                                : EVP_EC_gen(kind.c_str()));
  return pem_of(key.get());
}

/// One key of a kind for the whole run: "P-256", "P-384", "P-521", "Ed25519", "RSA2048".
inline const SigningKey& key_of(const std::string& kind) {
  static std::map<std::string, SigningKey> all;
  const auto found = all.find(kind);
  if (found != all.end()) return found->second;
  return all.emplace(kind, SigningKey::from_pem(Secret::from_text(new_pem(kind))).value()).first->second;
}

inline const SigningKey& key_for(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::es256: return key_of("P-256");
    case Algorithm::es384: return key_of("P-384");
    case Algorithm::es512: return key_of("P-521");
    case Algorithm::eddsa: return key_of("Ed25519");
    default: return key_of("RSA2048");
  }
}

inline constexpr Algorithm all_with_public_keys[] = {
    Algorithm::rs256, Algorithm::rs384, Algorithm::rs512, Algorithm::ps256, Algorithm::ps384,
    Algorithm::ps512, Algorithm::es256, Algorithm::es384, Algorithm::es512, Algorithm::eddsa};

inline std::string set_of(const std::vector<Json>& keys) { return Json{{"keys", keys}}.text(); }

/// A token with whatever header and payload, signed rightly.
inline std::string raw_token(std::string_view header, std::string_view payload, const SigningKey& key,
                             Algorithm algorithm) {
  auto token = to_base64url(as_bytes(header)) + "." + to_base64url(as_bytes(payload));
  return token + "." + to_base64url(key.sign(algorithm, as_bytes(token)).value());
}

}  // namespace rowan::crypto::jose::for_tests
