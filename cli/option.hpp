#pragma once
// An option of the configuration: its path, what may be written for it, and how that is said.
#include <chrono>
#include <optional>
#include <rowan/engine/parts/option.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::cli {

using SettingValue = OptionValue;

/// What may be written at a path of the file.
struct Setting {
  std::string path{};  // "limits.enabled"
  Option::Kind kind = Option::Kind::text;
  std::vector<std::string> choices{};  // of a choice
  std::string sentence{};              // what it does
  std::string standard{};              // as it is written; empty: none
};

/// The value as the option keeps it ("10m" as ten minutes); nullopt when it does not fit.
std::optional<SettingValue> accepted(const Setting& setting, SettingValue value);
/// The same, of an environment variable or a flag.
std::optional<SettingValue> accepted_text(const Setting& setting, std::string_view text);
/// What to write for it: `a time such as "10m", "1h" or "3d"`.
std::string expected(const Setting& setting);

/// As it is written in the file.
std::string as_toml(const SettingValue& value);

}  // namespace rowan::cli
