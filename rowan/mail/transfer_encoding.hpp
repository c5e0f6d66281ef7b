#pragma once
// Not installed. Bodies as 7-bit lines of at most 76 characters, CRLF between them (RFC 2045 section 6).
#include <string>
#include <string_view>

namespace rowan::mail {

/// Line ends of any kind become CRLF. No line begins with a dot, so nothing depends on dot-stuffing (INJ-03).
std::string to_quoted_printable(std::string_view text);
/// The canonical form (CRLF) in base64, broken at 76 characters.
std::string to_base64_lines(std::string_view text);

struct EncodedBody {
  std::string_view encoding{};  // "quoted-printable" or "base64"
  std::string bytes{};          // ends with CRLF unless empty
};
/// Quoted-printable while it is readable, base64 for scripts that would be mostly escapes.
EncodedBody encode_body(std::string_view text);

}  // namespace rowan::mail
