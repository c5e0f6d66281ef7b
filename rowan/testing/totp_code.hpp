#pragma once
// What an authenticator app shows, for tests of sign-ins with a second factor:
//   browser.form("totp/verify").fill("user[code]", totp_code(secret, app.clock())).submit();
#include <rowan/base/clock.hpp>
#include <rowan/strategies/totp/totp.hpp>
#include <string>
#include <string_view>

namespace rowan::testing {

/// The code for `secret`, as the set-up shows it (base32; blanks and case do not matter), at the clock's time.
/// `options`: those of the strategy, where they are not the defaults. A code works once: move the clock on by a period
/// for the next one. Throws std::invalid_argument for a secret that is not base32.
std::string totp_code(std::string_view secret, const Clock& clock, const TotpOptions& options = {});

}  // namespace rowan::testing
