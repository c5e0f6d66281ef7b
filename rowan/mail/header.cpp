#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/mail/header.hpp>

namespace rowan::mail {

namespace {

constexpr std::size_t max_value = 998;         // RFC 5322 section 2.1.1
constexpr std::size_t max_verbatim = 76 - 10;  // what stays beside "Subject: "
// RFC 2047 section 2: an encoded word has at most 75 characters and a line of them 76; 39 bytes are 52 of base64 and 64
// in all, which also fits behind "Subject: ".
constexpr std::size_t bytes_a_word = 39;

Result<> refuse_what_breaks_a_line(std::string_view text) {
  if (text.size() > max_value) return Error{.code = ErrorCode::invalid_input, .reason = "mail header: too long"};
  if (!is_storable_text(text) || has_control_characters(text)) {
    return Error{.code = ErrorCode::invalid_input, .reason = "mail header: control characters or broken UTF-8"};
  }
  return {};
}

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool starts_a_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// RFC 2047 section 5: "Each 'encoded-word' MUST represent an integral number of characters."
std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    auto length = std::min(bytes_a_word, text.size());
    while (length < text.size() && !starts_a_code_point(text[length])) --length;
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + to_base64(as_bytes(text.substr(0, length))) + "?=";
    text.remove_prefix(length);
  }
  return words;
}

}  // namespace

Result<std::string> header_text(std::string_view text) {
  ROWAN_CHECK(refuse_what_breaks_a_line(text));
  const bool plain = is_printable_ascii(text) && text.size() <= max_verbatim && !text.contains("=?") &&
                     !text.starts_with(' ') && !text.ends_with(' ');
  return plain ? std::string(text) : encoded_words(text);
}

Result<std::string> display_name(std::string_view name) {
  ROWAN_CHECK(refuse_what_breaks_a_line(name));
  if (!is_printable_ascii(name) || name.size() > max_verbatim || name.contains("=?")) return encoded_words(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace rowan::mail
