#pragma once
// Not installed. The use cases of the recovery_code room; no HTTP.
#include <rowan/strategies/recovery_code/codes.hpp>

namespace rowan::strategies::recovery_code {

/// A new set, shown this once; the old one is void.
Result<Presented> generate(const PhaseContext& context, const RecoveryCodeOptions& options);
/// The codes that were made then, and are the account's still, go.
Result<> undo(Transaction& transaction, AccountId account, const Json& data);
/// Ends a sign-in that waits, or renews the session that is there.
Result<SignedIn> verify(const PhaseContext& context, const RecoveryCodeOptions& options);
/// What the account has, in words: the page of the codes and the panel of the account page.
Result<Json> look_at_codes(const PhaseContext& context);

}  // namespace rowan::strategies::recovery_code
