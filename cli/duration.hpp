#pragma once
// Internal.
#include <chrono>
#include <optional>
#include <string_view>

namespace rowan::cli {

/// A whole number and one of s, m, h, d, with nothing between and nothing around.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
/// A whole number, without a sign.
std::optional<std::int64_t> parse_number(std::string_view text);

}  // namespace rowan::cli
