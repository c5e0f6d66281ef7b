#pragma once
// Settings: every option by its path ("limits.enabled"), whatever it was written in.
#include <cli/config.hpp>
#include <set>
#include <variant>

namespace rowan::cli {

using SettingValue = std::variant<std::string, bool, std::vector<std::string>>;

struct Setting {
  SettingValue value{};
  std::string from{};  // "rowan.toml line 3", "ROWAN_DATABASE", "--database": never the value
};

struct Settings {
  std::map<std::string, Setting> by_path{};
  std::set<std::string> sections{};  // that were opened, if only to say "with defaults": "password"
};

enum class SettingKind { text, boolean, list };

/// The kind of a known option; nullopt for one we do not know.
std::optional<SettingKind> kind_of(std::string_view path);

/// Reads all three sources. What is unknown or of the wrong kind becomes a problem.
Settings gather_settings(const ConfigInputs& inputs, std::vector<std::string>& problems);

}  // namespace rowan::cli
