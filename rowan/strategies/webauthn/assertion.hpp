#pragma once
// Not installed. Signing in with a passkey: WebAuthn Level 3 section 7.2 as a pure function.
#include <rowan/crypto/cose_key.hpp>
#include <rowan/strategies/webauthn/responses.hpp>

namespace rowan::strategies::webauthn {

/// The credential record that AssertionResponse::credential_id found. Views; they outlive the call.
struct StoredCredential {
  Bytes id{};
  const crypto::CoseKey& key;
  std::uint32_t sign_count = 0;
  bool backup_eligible = false;
  Bytes user_handle{};  // of the account it belongs to
};

struct ExpectedAssertion {
  const RelyingParty& party;
  Bytes challenge{};                                  // as it was sent, and taken back once by the caller
  bool user_verification_required = false;            // always where a passkey alone signs in
  std::span<const std::vector<std::byte>> allowed{};  // ids of allowCredentials; empty: any credential
  bool user_identified = false;  // the account was known before, and the credential is one of its own. Otherwise the
                                 // answer has to name the account by its user handle
  const StoredCredential& credential;
};

/// What a counter says (section 6.1.1).
enum class SignCount : std::uint8_t {
  unused,    // both are zero: the authenticator has none, as synchronised passkeys have none
  risen,     // as it should
  not_risen  // a copy of the key may be in use. Decide: it is never accepted silently
};

struct Asserted {
  bool user_verified = false;    // in this assertion: only then does it count for two factors
  bool backed_up = false;        // to be stored
  std::uint32_t sign_count = 0;  // to be stored; if `counter` is not_risen, only when you accept that
  SignCount counter = SignCount::unused;
};

/// Every step of §7.2 in order; the error names the one that failed. It reads and writes nothing else: taking the
/// challenge back and storing the outcome are up to the caller.
Result<Asserted> verify_assertion(const AssertionResponse& response, const ExpectedAssertion& expected);

}  // namespace rowan::strategies::webauthn
