#pragma once
// Not installed. The owner of the account again, before its authenticators change (REC-10).
#include <rowan/strategies/totp/authenticators.hpp>

namespace rowan::strategies::totp {

/// What the owner has shown now besides the session. The code is not used yet: use_code does, with the change.
struct ShownByOwner {
  std::optional<RightCode> code{};
};

/// See rowan::confirm_owner. A right code in `code` beside a fresh first factor is enough as well: the password, or a
/// sign-in no older than TotpOptions::recent.
Result<ShownByOwner> confirm_owner(const PhaseContext& context, const TotpOptions& options);

}  // namespace rowan::strategies::totp
