#pragma once
// Not installed. Tokens, of which methods, field names and many values are made (RFC 9110 section 5.6.2).
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

}  // namespace rowan::http
