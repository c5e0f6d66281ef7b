#pragma once
// Not installed. UTF-8 checks that every text from outside passes through (RFC 3629).
#include <cstddef>
#include <string_view>

namespace rowan {

/// No overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text);
/// Valid UTF-8 without U+0000: what PostgreSQL's text can hold, so that the rest is a 400 and not a 500.
bool is_storable_text(std::string_view text);
/// Of valid UTF-8.
std::size_t count_code_points(std::string_view text);
/// C0, DEL or C1 controls, or U+2028/2029: nothing a name, an address or a header may contain.
bool has_control_characters(std::string_view text);

}  // namespace rowan
