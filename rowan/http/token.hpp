#pragma once
// Not installed. What fields of HTTP are made of: tokens (RFC 9110 section 5.6.2), and blanks between them.
#include <algorithm>
#include <string_view>

namespace rowan::http {

constexpr bool is_token_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").contains(c);
}

/// One character at least.
constexpr bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

/// Without the blanks and tabs at both ends (OWS, section 5.6.3).
constexpr std::string_view without_outer_whitespace(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace rowan::http
