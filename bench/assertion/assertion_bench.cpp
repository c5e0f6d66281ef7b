// What a passkey's answer costs to believe, from the text that the browser sent to the end of WebAuthn section 7.2, the
// stored key read anew as for every sign-in; against the bare OpenSSL check of the same signature by a key that is
// ready, in alternating rounds (docs/decisions/0036). No database. --json for bench/draw.
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <rowan/base/base64.hpp>
#include <rowan/base/json.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/strategies/webauthn/assertion.hpp>
#include <rowan/strategies/webauthn/registration.hpp>
#include <rowan/testing/virtual_authenticator.hpp>

#include "../report.hpp"

namespace {

using namespace rowan;
using namespace rowan::strategies::webauthn;
using testing::VirtualAuthenticator;

constexpr int rounds = 41, per_round = 500;

template <class F>
double microseconds(F&& work) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < per_round; ++i)
    if (!work()) std::abort();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / per_round;
}

/// What the browser says beside the answer that is verified (SubjectPublicKeyInfo).
EVP_PKEY* public_key_of(const std::string& registration) {
  const auto text = Json::parse(registration)->find("response")->find("publicKey");
  const auto der = from_base64url(text->as_text().value()).value();
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()));
}

bench::Comparison compare(const char* name, const char* aim, VirtualAuthenticator::Algorithm algorithm,
                          std::int32_t number) {
  const RelyingParty party{.id = "notes.example", .origins = {"https://notes.example"}};
  const auto text = as_bytes("a challenge of thirty-two bytes.");
  const std::vector<std::byte> challenge(text.begin(), text.end()), handle(32, std::byte{7});
  VirtualAuthenticator browser({.algorithm = algorithm});
  const Json creation({{"rp", {{"id", party.id}, {"name", "Notes"}}},
                       {"user", {{"id", to_base64url(handle)}, {"name", "ann@notes.example"}, {"displayName", "Ann"}}},
                       {"challenge", to_base64url(challenge)},
                       {"authenticatorSelection", {{"residentKey", "required"}, {"userVerification", "required"}}},
                       {"pubKeyCredParams", std::vector<Json>{{{"type", "public-key"}, {"alg", number}}}}});
  const auto made = browser.create(creation.text());
  const auto stored =
      verify_registration(read_registration(made).value(), {.party = party, .challenge = challenge}).value();
  const auto answer = browser.get(Json({{"rpId", party.id}, {"challenge", to_base64url(challenge)}}).text());

  const auto ours = [&] {
    const auto response = read_assertion(answer);
    const auto key = crypto::CoseKey::parse(stored.public_key, crypto::KeyOrigin::stored);
    if (!response || !key) return false;
    const StoredCredential credential{.id = stored.credential_id,
                                      .key = *key,
                                      .sign_count = stored.sign_count,
                                      .backup_eligible = stored.backup_eligible,
                                      .user_handle = handle};
    return verify_assertion(
               *response,
               {.party = party, .challenge = challenge, .user_verification_required = true, .credential = credential})
        .has_value();
  };

  const auto response = read_assertion(answer).value();
  auto signed_bytes = response.authenticator_data;
  const auto hash = crypto::sha256(response.client_data);
  signed_bytes.insert(signed_bytes.end(), hash.begin(), hash.end());
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(public_key_of(made), &EVP_PKEY_free);
  const char* const digest = algorithm == VirtualAuthenticator::Algorithm::eddsa ? nullptr : "SHA256";
  const auto bare = [&] {
    auto* const context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit_ex(context, nullptr, digest, nullptr, nullptr, key.get(), nullptr);
    const int right = EVP_DigestVerify(
        context, reinterpret_cast<const unsigned char*>(response.signature.data()), response.signature.size(),
        reinterpret_cast<const unsigned char*>(signed_bytes.data()), signed_bytes.size());
    EVP_MD_CTX_free(context);
    return right == 1;
  };

  bench::Comparison found{.name = name, .bare_name = "bare OpenSSL", .unit = "µs", .aim = aim, .aim_is_most = true};
  microseconds(ours), microseconds(bare);
  for (int i = 0; i < rounds; ++i) {
    found.ours.push_back(microseconds(ours));
    found.bare.push_back(microseconds(bare));
  }
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  using Algorithm = VirtualAuthenticator::Algorithm;
  const std::vector<bench::Comparison> all{compare("ES256", "1.3", Algorithm::es256, -7),
                                           compare("EdDSA", "1.3", Algorithm::eddsa, -8),
                                           compare("RS256", "2", Algorithm::rs256, -257)};
  if (bench::wants_json(argc, argv)) return bench::print_json("assertion", all), 0;
  for (const auto& found : all) bench::print(found);
}
