#pragma once
// An option of the configuration: its path, what may be written for it, and how that is said.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rowan::cli {

using SettingValue = std::variant<std::string, bool, std::vector<std::string>, std::int64_t, std::chrono::seconds>;

enum class SettingKind { text, boolean, list, number, duration, choice };

struct Option {
  std::string path{};  // "limits.enabled"
  SettingKind kind = SettingKind::text;
  std::vector<std::string> choices{};  // of a choice
};

/// The value as the option keeps it ("10m" as ten minutes); nullopt when it does not fit.
std::optional<SettingValue> accepted(const Option& option, SettingValue value);
/// The same, of an environment variable or a flag.
std::optional<SettingValue> accepted_text(const Option& option, std::string_view text);
/// What to write for it: `a time such as "10m", "1h" or "3d"`.
std::string expected(const Option& option);

/// As it is written in the file.
std::string as_toml(const SettingValue& value);

/// A whole number and one of s, m, h, d, with nothing between and nothing around.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
/// The same back, in the largest unit that divides it.
std::string duration_text(std::chrono::seconds duration);

}  // namespace rowan::cli
