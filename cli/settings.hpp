#pragma once
// Settings: every option by its path ("limits.enabled"), whatever it was written in.
#include <cli/config.hpp>
#include <cli/option.hpp>
#include <map>
#include <set>

namespace rowan::cli {

struct Settings {
  std::map<std::string, SettingValue> by_path{};
  std::set<std::string> sections{};  // that were opened, if only to say "with defaults": "password"
  std::set<std::string> sections_of_file{};
};

/// Without those of rooms.
std::vector<Setting> settings_of_the_whole();

/// The option of this path; nullptr for one we do not know.
const Setting* find_setting(std::string_view path);

/// Reads all three sources. What is unknown or does not fit becomes a problem.
Settings gather_settings(const ConfigInputs& inputs, std::vector<std::string>& problems);

}  // namespace rowan::cli
