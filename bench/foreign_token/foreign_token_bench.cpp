// An ID token as providers make them, from its text to its claims, against the bare OpenSSL check of the same signature
// by a key that is ready, in alternating rounds. --json for bench/draw.
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/crypto/jose/signature.hpp>
#include <rowan/crypto/jose/signing_key.hpp>
#include <string>

#include "../report.hpp"

namespace {

using namespace rowan;
using namespace rowan::crypto;
using namespace rowan::crypto::jose;

constexpr int rounds = 41, per_round = 500;

template <class F>
double microseconds(F&& work) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < per_round; ++i)
    if (!work()) std::abort();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / per_round;
}

std::string pem_of(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

/// What the key of the provider's set has beside it: two other keys, as providers publish while they change them.
KeySet set_with(const SigningKey& key, Algorithm algorithm) {
  std::vector<Json> keys;
  for (const char* id : {"old", "new"}) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> other(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    keys.push_back(
        SigningKey::from_pem(Secret::from_text(pem_of(other.get()))).value().public_jwk(id, Algorithm::es256));
  }
  keys.push_back(key.public_jwk("2026-11-current", algorithm));
  return KeySet::parse(Json{{"keys", keys}}.text()).value();
}

bench::Comparison compare(const char* name, EVP_PKEY* made, Algorithm algorithm) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> openssl_key(made, &EVP_PKEY_free);
  const auto key = SigningKey::from_pem(Secret::from_text(pem_of(openssl_key.get()))).value();
  const auto keys = set_with(key, algorithm);
  const std::int64_t now = 1'800'000'000;
  const std::string payload = Json{{"iss", "https://accounts.idp.example"},
                                   {"azp", "1234987819200.apps.idp.example"},
                                   {"aud", "1234987819200.apps.idp.example"},
                                   {"sub", "10769150350006150715113082367"},
                                   {"at_hash", "HK6E_P6Dh8Y93mRNtsDB1Q"},
                                   {"email", "anna.example@example.org"},
                                   {"email_verified", true},
                                   {"name", "Anna Example"},
                                   {"picture", "https://pictures.idp.example/a/AAcHTtd"},
                                   {"given_name", "Anna"},
                                   {"family_name", "Example"},
                                   {"nonce", "0394852-3190485-2490358"},
                                   {"iat", now},
                                   {"exp", now + 3600}}
                                  .text();
  const auto token = sign_jws(key, {.algorithm = algorithm, .key_id = "2026-11-current"}, payload).value();
  const ExpectedIdToken expected{.issuer = "https://accounts.idp.example",
                                 .audiences = {"1234987819200.apps.idp.example"},
                                 .allowed = {algorithm},
                                 .now = Timestamp(std::chrono::seconds(now)),
                                 .nonce = "0394852-3190485-2490358"};

  const auto end = token.rfind('.');
  const auto scheme = scheme_of(algorithm);
  auto signature = from_base64url(token.substr(end + 1)).value();
  if (const auto size = ecdsa_number_size(scheme); size > 0) {
    std::array<std::byte, most_der_bytes> der;
    const auto written = ecdsa_to_der(signature, size, der);
    signature.assign(der.begin(), der.begin() + static_cast<long>(written));
  }
  const auto bare = [&] {
    auto* const context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* of_key = nullptr;
    EVP_DigestVerifyInit_ex(context, &of_key, digest_of(scheme), nullptr, nullptr, openssl_key.get(), nullptr);
    if (is_pss(scheme)) {
      EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING);
      EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST);
    }
    const int right = EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                                       signature.size(), reinterpret_cast<const unsigned char*>(token.data()), end);
    EVP_MD_CTX_free(context);
    return right == 1;
  };
  const auto ours = [&] { return verify_id_token(token, keys, expected).has_value(); };

  bench::Comparison found{.name = name, .bare_name = "bare OpenSSL", .unit = "µs", .aim = "1.2", .aim_is_most = true};
  microseconds(ours), microseconds(bare);
  for (int i = 0; i < rounds; ++i) {
    found.ours.push_back(microseconds(ours));
    found.bare.push_back(microseconds(bare));
  }
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<bench::Comparison> all{
      compare("ES256", EVP_EC_gen("P-256"), Algorithm::es256), compare("RS256", EVP_RSA_gen(2048), Algorithm::rs256),
      compare("PS256", EVP_RSA_gen(2048), Algorithm::ps256),
      compare("EdDSA", EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), Algorithm::eddsa)};
  if (bench::wants_json(argc, argv)) return bench::print_json("foreign_token", all), 0;
  for (const auto& found : all) bench::print(found);
}
