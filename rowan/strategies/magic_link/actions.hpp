#pragma once
// Not installed. The use cases of the magic-link room; no HTTP.
#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/strategies/magic_link/magic_link.hpp>

namespace rowan::strategies::magic_link {

inline constexpr std::string_view page = "/magic_link";

/// Limits guesses at the codes that work in the browser that asked.
inline GuessLimits limits_of_guesses(const MagicLinkOptions& options) {
  return limits_of_codes(options.name, options.guesses_per_account);
}

/// Writes the same rows and makes a mail for every address, whether an account has it or not.
Result<Accepted> request(const PhaseContext& context, const MagicLinkOptions& options);
Result<SignedIn> sign_in(const PhaseContext& context, const MagicLinkOptions& options);
/// For same_browser: signs in the browser that asked, when the mail was opened elsewhere.
Result<SignedIn> sign_in_with_code(const PhaseContext& context, const MagicLinkOptions& options);
/// What the page of a mailed link shows.
Result<Json> look(const PhaseContext& context, std::string_view token, const MagicLinkOptions& options);

}  // namespace rowan::strategies::magic_link
