#pragma once
// Not installed. Attestation statements (WebAuthn section 8): what an authenticator proves about its model.
#include <rowan/crypto/certificate.hpp>
#include <rowan/crypto/cose_key.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/strategies/webauthn/authenticator_data.hpp>

namespace rowan::strategies::webauthn {

inline constexpr std::size_t most_attestation_certificates = 8;

/// What a verified statement proves. There is nothing in between.
enum class AttestationType : std::uint8_t {
  none,       // nothing: there is no statement, or one of a format or an algorithm that is not verified here
  self,       // the one who registers has the private key
  certified,  // a certificate vouches for the model; whether it is to be trusted, its path decides
};

struct Attestation {
  AttestationType type = AttestationType::none;
  std::vector<crypto::Certificate> path{};  // of `certified`: the attestation certificate first
};

/// What every verification procedure is given (section 6.5.3). Views.
struct AttestationInputs {
  const crypto::CborItem& statement;  // attStmt
  Bytes authenticator_data{};         // as it came
  const AuthenticatorData& data;      // read, with a credential
  const crypto::CoseKey& key;         // of that credential
  const crypto::Digest& client_data_hash;
};

/// Verifies none, packed (self and x5c), fido-u2f, apple, android-key and tpm wholly: an error says what is wrong with
/// the statement. Everything else is `none`: android-safetynet and compound, formats that are not registered, and
/// statements whose signature or digests use algorithms other than ES256, ES384, EdDSA and RS256 (for tpm, other than
/// ES256 and RS256 with SHA-256).
Result<Attestation> verify_attestation(std::string_view format, const AttestationInputs& inputs);

}  // namespace rowan::strategies::webauthn
