#pragma once
// A TOML file as a flat list of settings. Keeps toml++ in one source.
#include <cli/settings.hpp>

namespace rowan::cli {

struct TomlEntry {
  std::string path{};
  std::optional<SettingValue> value{};  // absent: a section was opened
  std::string from{};                   // "rowan.toml line 3"
  bool repeated = false;                // [[section]]
};

/// What cannot be read becomes a problem with its line; its text is never repeated, since it may hold a secret.
std::vector<TomlEntry> read_toml(std::string_view text, const std::string& name, std::vector<std::string>& problems);

}  // namespace rowan::cli
