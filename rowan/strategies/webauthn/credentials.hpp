#pragma once
// Not installed. The passkeys of accounts, and the handles by which authenticators know the accounts: rows.
#include <rowan/crypto/cose_key.hpp>
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/webauthn/assertion.hpp>
#include <rowan/strategies/webauthn/registration.hpp>

namespace rowan::strategies::webauthn {

/// A stored credential record. Bytes are base64url, as they are stored and as browsers send them.
struct Passkey {
  std::string id{};  // what its owner renames or removes it by; random, and not the credential's
  AccountId account{};
  std::string credential_id{}, public_key{}, user_handle{};
  std::uint32_t sign_count = 0;
  bool discoverable = true, user_verified = false, backup_eligible = false, backed_up = false;
  bool certified = false;  // a trusted certificate vouches for its model
  std::vector<std::string> transports{};
  std::string aaguid{}, label{};
  std::int64_t generation = 0;  // of the account, read in the same statement
  Timestamp created_at{};
  std::optional<Timestamp> last_used_at{};
};

/// In the order in which they were added.
Result<std::vector<Passkey>> passkeys_of(SqlConnection& connection, AccountId account);
/// By what an authenticator calls it.
Result<std::optional<Passkey>> find_passkey(SqlConnection& connection, const Realm& realm,
                                            std::string_view credential_id);

/// The account's handle; makes one when there is none. base64url.
Result<std::string> user_handle_of(Transaction& transaction, const Services& services, AccountId account);
/// Of a new account, which chose it when it began.
Result<> keep_user_handle(Transaction& transaction, const Services& services, AccountId account,
                          const std::string& handle);
std::string make_user_handle(const Services& services);

/// The credential record as text that can wait for a confirmation, and back.
Json to_credentials(const Registered& registered, std::string_view user_handle, std::string_view label);
Result<Registered> registered_from(const Json& credentials);

/// `authentication_failed` when the credential id is known already, whoever's it is (§7.1 step 26).
Result<> keep_passkey(Transaction& transaction, const Services& services, const Realm& realm, AccountId account,
                      const Registered& registered, std::string_view label);

/// After an assertion: the counter, the backup state, the time. `authentication_failed` when the passkey is gone or,
/// with `must_rise`, another assertion with this counter or a later one was faster.
Result<> use_passkey(Transaction& transaction, const Services& services, const Passkey& passkey,
                     const Asserted& asserted, bool must_rise);

/// The whole row, as text that restores it: it holds a public key and no secret.
Result<Json> whole_passkey(Transaction& transaction, AccountId account, std::string_view id);
/// A change is taken back: {"added": credential id} or {"removed": whole_passkey}.
Result<> undo(Transaction& transaction, const Services& services, AccountId account, const Json& data);

/// Everything of the account: passkeys, handle, challenges.
Result<> forget(Transaction& transaction, AccountId account);

/// "iCloud Keychain", where the model is known; it is a hint, not a proof.
std::string_view model_named(std::string_view aaguid);

}  // namespace rowan::strategies::webauthn
