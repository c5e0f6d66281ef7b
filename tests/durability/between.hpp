#pragma once
#include <string>
#include <string_view>

namespace rowan::durability {

/// What stands between two marks, for tokens in pages and answers; empty when there is none.
inline std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == text.npos) return {};
  text.remove_prefix(start + before.size());
  return std::string(text.substr(0, text.find(after)));
}

}  // namespace rowan::durability
