#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/mail/transfer_encoding.hpp>
#include <vector>

namespace rowan::mail {

namespace {

constexpr std::size_t max_line = 76;

// LF, CRLF and a lone CR end a line; a last line without an end is one too.
std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find_first_of("\r\n");
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  return lines;
}

bool stays_as_it_is(char c, bool first, bool last) {
  if (c == ' ' || c == '\t') return !last;  // RFC 2045 section 6.7 (3): none at the end of a line
  if (first && c == '.') return false;
  return c > 0x20 && c < 0x7F && c != '=';
}

void append_line(std::string& out, std::string_view line) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool last = i + 1 == line.size();
    const auto byte = static_cast<unsigned char>(line[i]);
    const std::size_t room = last ? max_line : max_line - 1;  // for the "=" of a soft break
    bool plain = stays_as_it_is(line[i], column == 0, last);
    if (column + (plain ? 1 : 3) > room) {
      out += "=\r\n";
      column = 0;
      plain = stays_as_it_is(line[i], true, last);
    }
    if (plain) {
      out += line[i];
      column += 1;
    } else {
      out += {'=', digits[byte >> 4], digits[byte & 15]};
      column += 3;
    }
  }
  out += "\r\n";
}

}  // namespace

std::string to_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const auto line : split_lines(text)) append_line(out, line);
  return out;
}

std::string to_base64_lines(std::string_view text) {
  std::string canonical;
  for (const auto line : split_lines(text)) canonical.append(line).append("\r\n");
  const std::string encoded = to_base64(as_bytes(canonical));
  std::string out;
  for (std::size_t i = 0; i < encoded.size(); i += max_line) out.append(encoded, i, max_line).append("\r\n");
  return out;
}

EncodedBody encode_body(std::string_view text) {
  const auto escapes = static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || c == '='; }));
  if (escapes > text.size() / 6) return {.encoding = "base64", .bytes = to_base64_lines(text)};
  return {.encoding = "quoted-printable", .bytes = to_quoted_printable(text)};
}

}  // namespace rowan::mail
