#pragma once
// Not installed. Percent-encoding (RFC 3986 section 2.1), strict: a broken escape is refused and never passed on to
// another program that might read it differently.
#include <optional>
#include <string>
#include <string_view>

namespace rowan::http {

/// Every "%XX" undone, all else kept; nullopt when an escape is broken. The result may hold any bytes.
std::optional<std::string> percent_decode(std::string_view text);

/// As a form is sent: '+' is a blank, then percent_decode (WHATWG URL section 5.1).
std::optional<std::string> form_decode(std::string_view text);

/// Everything but letters, digits and "-._~" becomes "%XX": safe in any path segment, query name or query value.
std::string percent_encode(std::string_view text);

/// One segment of a path, decoded for comparing and for use as a parameter. Nullopt when an escape is broken, or when
/// what comes out is not UTF-8, holds '/', '\', NUL or another control character, or is a dot segment: such a segment
/// would mean something else to the next reader (FWD-04).
std::optional<std::string> decode_path_segment(std::string_view segment);

/// `url` with "name=value" behind it, both encoded, after '?' or '&' as needed. `url` must have no fragment.
std::string with_parameter(std::string url, std::string_view name, std::string_view value);

}  // namespace rowan::http
