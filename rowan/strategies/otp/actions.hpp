#pragma once
// Not installed. The use cases of the one-time-code room; no HTTP.
#include <rowan/strategies/otp/otp.hpp>

namespace rowan::strategies::otp {

inline GuessLimits limits_of_guesses(const OtpOptions& options) {
  return limits_of_codes(options.name, options.attempts_per_account);
}

/// Writes the same rows and makes a mail for every address, whether an account has it or not.
Result<Accepted> request(const PhaseContext& context, const OtpOptions& options);
Result<SignedIn> sign_in(const PhaseContext& context, const OtpOptions& options);

}  // namespace rowan::strategies::otp
