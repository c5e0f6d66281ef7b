#pragma once
// Reads back what the tests' mails say, by rules written independently of the encoders.
#include <algorithm>
#include <rowan/base/base64.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::mail::for_tests {

inline std::vector<std::string> lines_of(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const auto end = bytes.find("\r\n");
    lines.emplace_back(bytes.substr(0, end));
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + 2);
  }
  return lines;
}

inline std::string from_quoted_printable(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '=') {
      text += bytes[i];
    } else {
      if (bytes.substr(i + 1, 2) != "\r\n")
        text += static_cast<char>(std::stoi(std::string(bytes.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return text;
}

inline std::string from_base64(std::string_view bytes) {
  std::string url;
  for (const char c : bytes) {
    if (c != '=' && c != '\r' && c != '\n') url += c == '+' ? '-' : c == '/' ? '_' : c;
  }
  const auto decoded = from_base64url(url);
  return decoded ? std::string(as_text(*decoded)) : "not base64";
}

/// RFC 2047 section 6.2: linear white space between two encoded words is dropped.
inline std::string from_encoded_words(std::string_view value) {
  constexpr std::string_view open = "=?UTF-8?B?";
  std::string text;
  while (!value.empty()) {
    if (!value.starts_with(open)) {
      text += value.front();
      value.remove_prefix(1);
      continue;
    }
    value.remove_prefix(open.size());
    const auto end = value.find("?=");
    text += from_base64(value.substr(0, end));
    value.remove_prefix(std::min(end + 2, value.size()));
    if (value.starts_with("\r\n =?")) value.remove_prefix(3);
  }
  return text;
}

}  // namespace rowan::mail::for_tests
