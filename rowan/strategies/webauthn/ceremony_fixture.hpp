#pragma once
// Not installed. A server and a browser between which tests hold ceremonies.
#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/base/json.hpp>
#include <rowan/strategies/webauthn/assertion.hpp>
#include <rowan/strategies/webauthn/registration.hpp>
#include <rowan/testing/virtual_authenticator.hpp>

namespace rowan::strategies::webauthn {

using testing::VirtualAuthenticator;
using Lies = VirtualAuthenticator::Lies;

inline std::vector<std::byte> bytes(std::string_view text) {
  const auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

/// What a server keeps between asking and verifying, with what the verification is told as members to be changed.
struct Ceremonies {
  RelyingParty party{.id = "notes.example", .origins = {"https://notes.example"}};
  std::vector<std::byte> challenge = bytes("a challenge of thirty-two bytes."), ann = bytes("ann's handle");
  VirtualAuthenticator browser;
  bool user_verification_required = false, user_identified = false, conditional = false;
  std::vector<crypto::CoseAlgorithm> algorithms{offered_algorithms.begin(), offered_algorithms.end()};
  AttestationPolicy attestation{};
  std::vector<std::vector<std::byte>> allowed{};

  explicit Ceremonies(VirtualAuthenticator::Options options = {}) : browser(std::move(options)) {}

  std::string creation_options() const {
    std::vector<Json> parameters;
    for (const auto algorithm : offered_algorithms)
      parameters.push_back({{"type", "public-key"}, {"alg", static_cast<std::int32_t>(algorithm)}});
    return Json({{"rp", {{"id", party.id}, {"name", "Notes"}}},
                 {"user", {{"id", to_base64url(ann)}, {"name", "ann@notes.example"}, {"displayName", "Ann"}}},
                 {"challenge", to_base64url(challenge)},
                 {"pubKeyCredParams", parameters},
                 {"authenticatorSelection", {{"residentKey", "preferred"}, {"userVerification", "preferred"}}},
                 {"attestation", "direct"}})
        .text();
  }

  std::string request_options() const {
    std::vector<Json> credentials;
    for (const auto& id : allowed) credentials.push_back({{"type", "public-key"}, {"id", to_base64url(id)}});
    return Json({{"rpId", party.id},
                 {"challenge", to_base64url(challenge)},
                 {"allowCredentials", credentials},
                 {"userVerification", "preferred"}})
        .text();
  }

  Result<Registered> verify_creation(std::string_view json) const {
    const auto response = read_registration(json);
    if (!response) return response.error();
    return verify_registration(*response, {.party = party,
                                           .challenge = challenge,
                                           .user_verification_required = user_verification_required,
                                           .conditional = conditional,
                                           .algorithms = algorithms,
                                           .attestation = attestation});
  }

  Result<Registered> create(const Lies& lies = {}) { return verify_creation(browser.create(creation_options(), lies)); }

  Result<Asserted> verify_get(std::string_view json, const Registered& stored) const {
    const auto response = read_assertion(json);
    if (!response) return response.error();
    const auto key = crypto::CoseKey::parse(stored.public_key, crypto::KeyOrigin::stored);
    if (!key) return key.error();
    const StoredCredential credential{.id = stored.credential_id,
                                      .key = *key,
                                      .sign_count = stored.sign_count,
                                      .backup_eligible = stored.backup_eligible,
                                      .user_handle = ann};
    return verify_assertion(*response, {.party = party,
                                        .challenge = challenge,
                                        .user_verification_required = user_verification_required,
                                        .allowed = allowed,
                                        .user_identified = user_identified,
                                        .credential = credential});
  }

  Result<Asserted> get(const Registered& stored, const Lies& lies = {}) {
    return verify_get(browser.get(request_options(), lies), stored);
  }
};

/// The section and step at which a ceremony ended: "7.2 step 12"; "" when it did not.
template <class T>
std::string step(const Result<T>& result) {
  return result ? "" : result.error().reason.substr(0, result.error().reason.find(':'));
}

inline std::string reason(const auto& result) { return result ? "accepted" : result.error().reason; }

}  // namespace rowan::strategies::webauthn
