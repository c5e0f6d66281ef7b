#include <toml++/toml.h>

#include <cli/toml_file.hpp>
#include <set>

namespace rowan::cli {

namespace {

class Flattening {
 public:
  Flattening(std::string name, std::vector<std::string>& problems) : name_(std::move(name)), problems_(problems) {}

  void add(const toml::table& table, const std::string& path) {
    for (const auto& [key, node] : table) {
      const auto below = (path.empty() ? "" : path + ".") + std::string(key.str());
      const auto from = where(node.source());
      if (const auto* inner = node.as_table()) {
        entries_.push_back({.path = below, .value = {}, .from = from});
        add(*inner, below);
      } else if (node.is_array_of_tables() && find_provider(key.str()) != nullptr) {
        add_providers(*node.as_array(), below);
      } else if (node.is_array_of_tables()) {
        entries_.push_back({.path = below, .value = {}, .from = from, .repeated = true});
      } else if (const auto value = value_of(node)) {
        entries_.push_back({.path = below, .value = *value, .from = from});
      } else {
        const auto* option = find_setting(below);
        problems_.push_back(below + ": fractions, dates and mixed lists are not supported here; " +
                            (option == nullptr ? "remove it" : "write " + expected(*option)) + " (" + from + ")");
      }
    }
  }
  std::vector<TomlEntry> take() { return std::move(entries_); }

 private:
  // Each by its name: what stands in it has the path "oidc.work.issuer".
  void add_providers(const toml::array& tables, const std::string& path) {
    std::set<std::string> names;
    for (const auto& node : tables) {
      const auto from = where(node.source());
      const auto& table = *node.as_table();
      const auto given = table["name"].value_exact<std::string>();
      const auto kind = path.substr(path.rfind('.') + 1);
      const auto& named_by = find_provider(kind)->named_by;
      const auto name = given.value_or(named_by.empty() ? kind : table[named_by].value_or(kind));
      const bool is_name = !name.empty() && name.size() <= 23 &&
                           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
      if (!is_name || (table.contains("name") && !given))
        problems_.push_back(path + ".name: write 1 to 23 small letters, digits or _ (" + from + ")");
      else if (!names.insert(name).second)
        problems_.push_back(path + ".name: two have the same name; give each its own (" + from + ")");
      else {
        entries_.push_back({.path = path + "." + name, .value = {}, .from = from});
        add(table, path + "." + name);
      }
    }
  }

  std::string where(const toml::source_region& region) const {
    return name_ + " line " + std::to_string(region.begin.line);
  }

  static std::optional<SettingValue> value_of(const toml::node& node) {
    if (const auto text = node.value_exact<std::string>()) return SettingValue(*text);
    if (const auto flag = node.value_exact<bool>()) return SettingValue(*flag);
    if (const auto number = node.value_exact<std::int64_t>()) return SettingValue(*number);
    const auto* array = node.as_array();
    if (array == nullptr) return std::nullopt;
    std::vector<std::string> list;
    for (const auto& item : *array) {
      const auto text = item.value_exact<std::string>();
      if (!text) return std::nullopt;
      list.push_back(*text);
    }
    return SettingValue(std::move(list));
  }

  std::string name_;
  std::vector<std::string>& problems_;
  std::vector<TomlEntry> entries_{};
};

}  // namespace

std::vector<TomlEntry> read_toml(std::string_view text, const std::string& name, std::vector<std::string>& problems) {
  try {
    const toml::table table = toml::parse(text, name);
    Flattening flattening(name, problems);
    flattening.add(table, "");
    return flattening.take();
  } catch (const toml::parse_error& error) {
    problems.push_back("config: " + name + " line " + std::to_string(error.source().begin.line) +
                       " is not valid TOML; check its quotes and brackets");
    return {};
  }
}

}  // namespace rowan::cli
