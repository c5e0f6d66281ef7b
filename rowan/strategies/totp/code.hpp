#pragma once
// Not installed. What an authenticator app shows (RFC 6238), and how its seed is written.
#include <optional>
#include <rowan/strategies/totp/totp.hpp>

namespace rowan::strategies::totp {

struct Shape {
  TotpOptions::Algorithm algorithm = TotpOptions::Algorithm::sha1;
  std::int64_t digits = 6;
  std::chrono::seconds period{30};
};
Shape shape_of(const TotpOptions& options);

/// The number of whole periods since 1970: RFC 6238's T. 64 bits, so it goes on after 2038.
std::int64_t step_at(Timestamp time, std::chrono::seconds period);
std::string code_of(std::string_view seed, std::int64_t step, const Shape& shape);
/// The step that this code belongs to: the one of `now` or the one before, when it comes after `last`. No future one: a
/// device whose clock is ahead shows a code that will be right in a moment, and a code that is accepted early can be
/// used for longer. Compares in constant time.
std::optional<std::int64_t> step_of(std::string_view code, std::string_view seed, Timestamp now, std::int64_t last,
                                    const Shape& shape);

/// The digits of what was typed or pasted (bare_code). Empty when it can be no code.
std::string normalised(std::string_view typed);

/// As otpauth addresses and databases name it: "SHA1".
std::string_view name_of(TotpOptions::Algorithm algorithm);
std::optional<TotpOptions::Algorithm> algorithm_of(std::string_view name);

/// RFC 4648 section 6 without padding, as apps expect it.
std::string to_base32(std::string_view bytes);
/// Also takes lower case, blanks, dashes and padding; nullopt for anything else.
std::optional<std::string> from_base32(std::string_view text);

/// `otpauth://totp/Notes:ann%40notes.example?secret=…&issuer=Notes`, with what differs from RFC 6238's defaults.
std::string otpauth_url(std::string_view issuer, std::string_view account, std::string_view seed, const Shape& shape);

}  // namespace rowan::strategies::totp
