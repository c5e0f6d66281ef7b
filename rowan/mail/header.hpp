#pragma once
// Not installed. Values of mail headers: nothing from outside starts a new line, everything beyond ASCII travels as
// encoded words (RFC 2047).
#include <rowan/base/result.hpp>
#include <string>
#include <string_view>

namespace rowan::mail {

/// Unstructured text (Subject): as it is when it is short printable ASCII, else as encoded words folded over several
/// lines. Errors: `invalid_input` for CR, LF, NUL and every other control character, for broken UTF-8 and for more than
/// 998 bytes.
Result<std::string> header_text(std::string_view text);

/// A phrase before an address (From): a quoted string or encoded words. Errors as above.
Result<std::string> display_name(std::string_view name);

}  // namespace rowan::mail
