#pragma once
// Not installed. The use cases of the totp room; no HTTP. Each prepares outside any transaction and returns what is to
// be done inside.
#include <rowan/strategies/totp/owner.hpp>

namespace rowan::strategies::totp {

/// A fresh seed, for the account that is signed in or has to enrol. Nothing is on the account before confirm_setup.
Result<Presented> set_up(const PhaseContext& context, const TotpOptions& options);
/// The first right code puts the authenticator on the account.
Result<SignedIn> confirm_setup(const PhaseContext& context, const TotpOptions& options);
/// The page of a set-up: the QR code of the one that waits in this browser, or the form that begins one.
Result<Json> look_at_setup(const PhaseContext& context, const TotpOptions& options);

/// Ends a sign-in that waits, or renews the session that is there.
Result<SignedIn> verify(const PhaseContext& context, const TotpOptions& options);
/// What a right code proves.
inline constexpr Proves shown_by_code{Evidence::held, Evidence::one_time_code};
Result<std::vector<Factor>> factors(SqlConnection& connection, AccountId account, const std::string& name);

Result<SignedIn> remove(const PhaseContext& context, const TotpOptions& options);
/// The panels of the account page.
Json look_at_account(const PhaseContext& context, const TotpOptions& options);

}  // namespace rowan::strategies::totp
