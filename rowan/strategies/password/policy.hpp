#pragma once
// Not installed. What a new password must be (NIST SP 800-63B-4 section 3.1.1.2).
#include <optional>
#include <rowan/strategies/password/password.hpp>

namespace rowan::strategies::password {

/// What is hashed and compared: NFC of what was typed, nothing else changed. Nullopt when it is not valid UTF-8 or
/// absurdly long.
std::optional<std::string> normalised(std::string_view typed);

/// The first rule it breaks, with `field` "password"; nullopt when it will do. `email` may be empty.
std::optional<FieldError> fault_of(std::string_view normalised, std::string_view email, const PasswordOptions& options);

/// Whether it is among the 3,000 and more most common ones, or a trivial stretch of one.
bool is_common(std::string_view normalised);

}  // namespace rowan::strategies::password
