#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/strategies/webauthn/client_data.hpp>
#include <rowan/strategies/webauthn/registration.hpp>

namespace rowan::strategies::webauthn {

namespace {

/// Steps 5 to 11.
Result<> check_client_data(Bytes json, const ExpectedRegistration& expected) {
  // Steps 5 and 6. UTF-8 and JSON.
  const auto data = read_client_data(json);
  if (!data) return refused("7.1 step 6", data.error().reason);
  // Step 7. The type.
  if (data->type != "webauthn.create") return refused("7.1 step 7", "the type is " + quoted(data->type));
  // Step 8. The challenge.
  if (!has_challenge(*data, expected.challenge)) return refused("7.1 step 8", "another challenge");
  // Step 9. The origin.
  const auto& party = expected.party;
  if (std::ranges::find(party.origins, data->origin) == party.origins.end())
    return refused("7.1 step 9", "the origin " + quoted(data->origin) + " is not ours");
  // Step 10. In a frame of another origin only where that is expected.
  if (data->cross_origin && party.top_origins.empty())
    return refused("7.1 step 10", "a frame on a page of another origin");
  // Step 11. The page around the frame is one that may show it.
  if (data->top_origin && std::ranges::find(party.top_origins, *data->top_origin) == party.top_origins.end())
    return refused("7.1 step 11", "a frame on a page of " + quoted(*data->top_origin));
  return {};
}

/// Views into the bytes it was read from.
struct AttestationObject {
  std::string_view format{};
  crypto::CborItem statement;
  Bytes authenticator_data{};
  AuthenticatorData data{};
};

/// Step 13.
Result<AttestationObject> read_attestation_object(Bytes encoded) {
  const auto wrong = [](std::string_view what) { return refused("7.1 step 13", what); };
  const auto object = crypto::read_cbor(encoded);
  if (!object) return wrong(object.error().reason);
  const auto format = object->find("fmt"), statement = object->find("attStmt"), data = object->find("authData");
  if (object->size() != 3 || !format || !format->as_text() || !statement ||
      statement->kind() != crypto::CborKind::map || !data || !data->as_bytes())
    return wrong("not the members of an attestation object");
  const auto read = AuthenticatorData::read(*data->as_bytes());
  if (!read) return wrong(read.error().reason);
  if (!read->credential) return wrong("authenticator data: no credential in it");
  return AttestationObject{
      .format = *format->as_text(), .statement = *statement, .authenticator_data = *data->as_bytes(), .data = *read};
}

/// Steps 14 to 19.
Result<> check_authenticator_data(const AuthenticatorData& data, const ExpectedRegistration& expected) {
  // Step 14. The hash of our id.
  if (!is_same(data.rp_id_hash, crypto::sha256(as_bytes(expected.party.id))))
    return refused("7.1 step 14", "the hash of another RP ID");
  // Step 15. A person was there.
  if (!data.user_present && !expected.conditional) return refused("7.1 step 15", "no user was present");
  // Step 16. And was verified, if that is required.
  if (expected.user_verification_required && !data.user_verified)
    return refused("7.1 step 16", "the user was not verified");
  // Step 17. What cannot be backed up is not.
  if (data.backed_up && !data.backup_eligible) return refused("7.1 step 17", "backed up, but not eligible for it");
  // Steps 18 and 19. Both flags are stored; there is no policy about them.
  return {};
}

/// Steps 21 to 24: what is proven in the end.
Result<AttestationType> assess_attestation(const AttestationObject& object, const crypto::CoseKey& key,
                                           const crypto::Digest& client_data_hash, const AttestationPolicy& policy) {
  // Steps 21 and 22. The format, and its verification procedure.
  const auto attestation = verify_attestation(object.format, {.statement = object.statement,
                                                              .authenticator_data = object.authenticator_data,
                                                              .data = object.data,
                                                              .key = key,
                                                              .client_data_hash = client_data_hash});
  if (!attestation) return refused("7.1 step 22", quoted(object.format) + ": " + attestation.error().reason);
  // Step 23. The anchors are the policy's.
  // Step 24. A certificate is trusted when it leads to an anchor. If not, and none is required, the credential is
  // like one without a statement.
  const bool is_certified = attestation->type == AttestationType::certified;
  if (is_certified && crypto::chains_to(policy.anchors, attestation->path, policy.now))
    return AttestationType::certified;
  if (policy.required) return refused("7.1 step 24", quoted(object.format) + ": leads to no trusted certificate");
  return is_certified ? AttestationType::none : attestation->type;
}

}  // namespace

Result<Registered> verify_registration(const RegistrationResponse& response, const ExpectedRegistration& expected) {
  // Steps 1 and 2 happened in the browser, with options that the caller made; steps 3 and 4 are read_registration.
  ROWAN_CHECK(check_client_data(response.client_data, expected));
  // Step 12. The hash of the client data, as it came.
  const auto hash = crypto::sha256(response.client_data);
  ROWAN_TRY(const auto object, read_attestation_object(response.attestation_object));
  ROWAN_CHECK(check_authenticator_data(object.data, expected));
  // Step 20. An algorithm that was offered, and a valid key of it.
  const auto& credential = *object.data.credential;
  const auto key = crypto::CoseKey::parse(credential.public_key);
  if (!key) return refused("7.1 step 20", key.error().reason);
  if (std::ranges::find(expected.algorithms, key->algorithm()) == expected.algorithms.end())
    return refused("7.1 step 20", "an algorithm that was not offered");
  ROWAN_TRY(const auto type, assess_attestation(object, *key, hash, expected.attestation));
  // Step 25. The credential id: its size, and that it is the one the browser names, which no signature covers.
  if (credential.id.size() > most_credential_id_bytes)
    return refused("7.1 step 25", "a credential id of " + std::to_string(credential.id.size()) + " bytes");
  if (!is_same(credential.id, response.credential_id))
    return refused("7.1 step 25", "another credential id than the browser's");
  // Step 26. That the id is new, the caller's table says when it stores it.
  // Step 27. The record.
  // Step 28. No extension of the authenticator is asked for, so their outputs are ignored.
  // Step 29. The caller stores it and goes on.
  Registered registered{.credential_id = response.credential_id,
                        .public_key = {credential.public_key.begin(), credential.public_key.end()},
                        .algorithm = key->algorithm(),
                        .sign_count = object.data.sign_count,
                        .user_verified = object.data.user_verified,
                        .backup_eligible = object.data.backup_eligible,
                        .backed_up = object.data.backed_up,
                        .transports = response.transports,
                        .discoverable = response.discoverable,
                        .format = std::string(object.format),
                        .attestation = type};
  std::ranges::copy(credential.aaguid, registered.aaguid.begin());
  return registered;
}

}  // namespace rowan::strategies::webauthn
