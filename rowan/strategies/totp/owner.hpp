#pragma once
// Not installed. The owner of the account again, before its authenticators change (REC-10).
#include <rowan/strategies/totp/authenticators.hpp>

namespace rowan::strategies::totp {

/// What the owner has shown now besides the session. The code is not used yet: use_code does, with the change.
struct ShownByOwner {
  std::optional<RightCode> code{};
};

/// A fresh first factor: the password in `current_password`, or a sign-in no older than TotpOptions::recent. Of an
/// account that has a second factor already a fresh second one too: a right code in `code`, or that same sign-in, when
/// it showed one. A session by itself is enough only where there is nothing to ask for: see confirm_identity.
Result<ShownByOwner> confirm_owner(const PhaseContext& context, const TotpOptions& options);

/// Tells the owner that an authenticator was added or removed, in the transaction that does it (THR-11).
Result<> put_notice(Transaction& transaction, const PhaseContext& context, const std::string& letter,
                    const User& owner);

}  // namespace rowan::strategies::totp
