#pragma once
// Not installed. The use cases of the webauthn room; no HTTP. Each prepares outside any transaction and returns what is
// to be done inside.
#include <rowan/strategies/webauthn/challenges.hpp>
#include <rowan/strategies/webauthn/party.hpp>

namespace rowan::strategies::webauthn {

// An account with a passkey and no password.
Result<Presented> ask_to_register(const PhaseContext& context, const WebauthnOptions& options);
Result<Outcome> register_account(const PhaseContext& context, const WebauthnOptions& options);
/// Of a registration that waited (Strategy::adopt).
Result<> adopt(Transaction& transaction, const Services& services, AccountId account, const Json& credentials);

// One passkey more.
Result<Presented> ask_to_add(const PhaseContext& context, const WebauthnOptions& options);
Result<SignedIn> add(const PhaseContext& context, const WebauthnOptions& options);

/// The same answer for every address, and without one (WA-16).
Result<Presented> ask_to_sign_in(const PhaseContext& context, const WebauthnOptions& options);
Result<SignedIn> sign_in(const PhaseContext& context, const WebauthnOptions& options);

/// Ends a sign-in that waits, or renews the session that is there.
Result<Presented> ask_to_verify(const PhaseContext& context, const WebauthnOptions& options);
Result<SignedIn> verify(const PhaseContext& context, const WebauthnOptions& options);

Result<Accepted> rename(const PhaseContext& context, const WebauthnOptions& options);
Result<SignedIn> remove(const PhaseContext& context, const WebauthnOptions& options);
/// The panels of the account page, and the page /webauthn-setup.
Result<Json> look_at_passkeys(const PhaseContext& context, const WebauthnOptions& options);

/// What the account can be asked for after another factor.
Result<std::vector<Factor>> factors(SqlConnection& connection, AccountId account, const WebauthnOptions& options);
/// What a passkey proves in one ceremony. `certified`: its maker's certificate was trusted when it registered.
Proves proven_by(bool user_verified, bool certified);

/// Whether it can be the only thing that is shown at a sign-in.
bool signs_in(const Passkey& passkey, const WebauthnOptions& options);
/// The owner's name for it, else the model's, else "Passkey".
std::string shown_label(const Services& services, std::string_view language, const Passkey& passkey);

}  // namespace rowan::strategies::webauthn
