#pragma once
// Internal. What the formats of attestation statements share, and the formats that have a file of their own.
#include <rowan/strategies/webauthn/attestation.hpp>

namespace rowan::strategies::webauthn {

inline constexpr const char* oid_aaguid = "1.3.6.1.4.1.45724.1.1.4";  // id-fido-gen-ce-aaguid

inline Error wrong_statement(std::string_view what) {
  return Error{.code = ErrorCode::malformed_request, .reason = std::string(what)};
}

/// Exactly these members: a statement does not carry more than its format has.
bool has_only(const crypto::CborItem& statement, std::initializer_list<std::string_view> names);
/// A byte string; empty when it is missing, which none of them may be.
Bytes bytes_of(const crypto::CborItem& statement, std::string_view name);
/// "x5c": one to eight certificates.
Result<std::vector<crypto::Certificate>> certificates_of(const crypto::CborItem& statement);
/// "alg", if it is one that is verified here.
std::optional<crypto::CoseAlgorithm> algorithm_of(const crypto::CborItem& statement);
/// authenticatorData || clientDataHash
std::vector<std::byte> signed_bytes_of(const AttestationInputs& inputs);
/// If the certificate names a model, it is the one of the authenticator data.
bool has_model(const crypto::Certificate& certificate, Bytes aaguid);

/// The extension of an Android certificate: made there, for signing, for one application, in this ceremony.
Result<> check_android_key_description(Bytes extension, Bytes client_data_hash);
Result<Attestation> verify_android_key(const AttestationInputs& inputs);
Result<Attestation> verify_tpm(const AttestationInputs& inputs);

}  // namespace rowan::strategies::webauthn
