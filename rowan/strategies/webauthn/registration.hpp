#pragma once
// Not installed. Registering a passkey: WebAuthn Level 3 section 7.1 as a pure function.
#include <rowan/strategies/webauthn/attestation.hpp>
#include <rowan/strategies/webauthn/responses.hpp>

namespace rowan::strategies::webauthn {

/// In the order in which they are offered.
inline constexpr std::array offered_algorithms{crypto::CoseAlgorithm::es256, crypto::CoseAlgorithm::eddsa,
                                               crypto::CoseAlgorithm::es384, crypto::CoseAlgorithm::rs256};

/// Whom to believe about models of authenticators. Without anchors no statement is believed: it is checked, and then
/// the credential is like one without.
struct AttestationPolicy {
  std::span<const crypto::Certificate> anchors{};
  bool required = false;  // only credentials whose certificate leads to an anchor are taken
  Timestamp now{};        // certificates have to be valid at this time
};

struct ExpectedRegistration {
  const RelyingParty& party;
  Bytes challenge{};                        // as it was sent, and taken back once by the caller
  bool user_verification_required = false;  // always where the passkey will be the only way in
  bool conditional = false;                 // asked for with mediation "conditional": no gesture is needed
  std::span<const crypto::CoseAlgorithm> algorithms = offered_algorithms;  // pubKeyCredParams
  AttestationPolicy attestation{};
};

/// The credential record to be stored.
struct Registered {
  std::vector<std::byte> credential_id{};  // not known to be new: a unique key of the table has to say so
  std::vector<std::byte> public_key{};     // COSE_Key, for CoseKey::parse
  crypto::CoseAlgorithm algorithm{};
  std::uint32_t sign_count = 0;
  bool user_verified = false, backup_eligible = false, backed_up = false;
  std::vector<std::string> transports{};
  std::optional<bool> discoverable{};
  /// Good for a label. It proves the model only if `attestation` is `certified`, and never for fido-u2f, whose
  /// signature does not cover it.
  std::array<std::byte, 16> aaguid{};
  std::string format{};           // of the statement
  AttestationType attestation{};  // `certified` only if its certificate leads to an anchor
};

/// Every step of §7.1 in order; the error names the one that failed. It reads and writes nothing else: taking the
/// challenge back and storing the outcome are up to the caller.
Result<Registered> verify_registration(const RegistrationResponse& response, const ExpectedRegistration& expected);

}  // namespace rowan::strategies::webauthn
