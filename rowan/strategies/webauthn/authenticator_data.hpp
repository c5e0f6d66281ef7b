#pragma once
// Not installed. What the authenticator signs about itself and a ceremony (WebAuthn section 6.1).
#include <cstdint>
#include <rowan/crypto/cbor.hpp>
#include <rowan/strategies/webauthn/relying_party.hpp>

namespace rowan::strategies::webauthn {

inline constexpr std::size_t most_credential_id_bytes = 1023;

/// Views into the bytes it was read from.
struct AuthenticatorData {
  struct Credential {
    Bytes aaguid{};      // 16 bytes: the model, if the attestation proves it
    Bytes id{};          // at least one byte; §7.1 step 25 bounds it
    Bytes public_key{};  // COSE_Key, well-formed CBOR
  };

  Bytes rp_id_hash{};  // 32 bytes
  bool user_present = false, user_verified = false;
  bool backup_eligible = false, backed_up = false;
  std::uint32_t sign_count = 0;
  std::optional<Credential> credential{};        // flag AT
  std::optional<crypto::CborItem> extensions{};  // flag ED: a map

  /// Exactly what the flags announce, and nothing behind it. The two bits that are reserved are ignored.
  static Result<AuthenticatorData> read(Bytes bytes);
};

}  // namespace rowan::strategies::webauthn
