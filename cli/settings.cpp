#include <algorithm>
#include <array>
#include <cli/settings.hpp>
#include <cli/toml_file.hpp>
#include <utility>

namespace rowan::cli {

namespace {

struct Option {
  std::string_view path{};
  SettingKind kind = SettingKind::text;
};

constexpr std::array options{
    Option{"base_url"},
    Option{"listen"},
    Option{"database"},
    Option{"secrets", SettingKind::list},
    Option{"mail"},
    Option{"trusted_proxies", SettingKind::list},
    Option{"limits.enabled", SettingKind::boolean},
    Option{"tls.certificate"},
    Option{"tls.key"},
    Option{"pages.app_name"},
    Option{"pages.logo_url"},
    Option{"pages.template_folder"},
    Option{"pages.text_folder"},
    Option{"pages.theme_css"},
    Option{"pages.default_language"},
    Option{"password.registration"},
};

// Options of the program to come: better said than called a spelling mistake.
constexpr std::array later{"magic_link", "otp",          "webauthn", "totp",   "recovery_code", "remember_me",
                           "api_key",    "confirmation", "oidc",     "oauth2", "metrics_listen"};

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('.')); }

// "subjects.admin.password.registration" is "password.registration" of another subject.
std::string_view within_subject(std::string_view path) {
  constexpr std::string_view subjects = "subjects.";
  if (!path.starts_with(subjects)) return path;
  const auto dot = path.find('.', subjects.size());
  if (dot == std::string_view::npos) return path;
  const auto rest = path.substr(dot + 1);
  return first_part(rest) == "password" ? rest : path;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

// The option somebody may have meant; empty when none is near.
std::string_view nearest(std::string_view path) {
  constexpr std::size_t longest = 64;
  if (path.size() > longest) return {};
  std::string_view best;
  std::size_t distance = 3;
  for (const auto& option : options)
    if (const auto d = edit_distance(path, option.path); d < distance) {
      distance = d;
      best = option.path;
    }
  return best;
}

std::string unknown(std::string_view path, std::string_view from) {
  const std::string name(path);
  const auto where = " (" + std::string(from) + ")";
  if (std::ranges::find(later, first_part(within_subject(path))) != later.end())
    return name + ": this version of rowan does not have it yet; remove it" + where;
  const auto meant = nearest(path);
  return name + ": there is no such option; " +
         (meant.empty() ? std::string("remove it") : "did you mean " + std::string(meant) + "?") + where;
}

std::string_view expected(SettingKind kind) {
  switch (kind) {
    case SettingKind::text: return "text in quotes";
    case SettingKind::boolean: return "true or false";
    case SettingKind::list: return R"(a list such as ["…", "…"])";
  }
  return "";
}

class Gathering {
 public:
  explicit Gathering(std::vector<std::string>& problems) : problems_(problems) {}

  void put(const std::string& path, SettingValue value, const std::string& from) {
    const auto kind = kind_of(path);
    if (!kind) return problems_.push_back(unknown(path, from));
    if (*kind == SettingKind::list)
      if (const auto* one = std::get_if<std::string>(&value)) value = std::vector<std::string>{*one};
    const bool fits = (*kind == SettingKind::text && std::holds_alternative<std::string>(value)) ||
                      (*kind == SettingKind::boolean && std::holds_alternative<bool>(value)) ||
                      (*kind == SettingKind::list && std::holds_alternative<std::vector<std::string>>(value));
    if (!fits) return problems_.push_back(path + ": write " + std::string(expected(*kind)) + " (" + from + ")");
    settings_.by_path.insert_or_assign(path, Setting{std::move(value), from});
    if (const auto dot = path.rfind('.'); dot != path.npos) settings_.sections.insert(path.substr(0, dot));
  }
  // An environment variable or flag: text that says a value of the option's kind.
  void put_text(const std::string& path, const std::string& text, const std::string& from) {
    const auto kind = kind_of(path);
    if (kind == SettingKind::boolean && (text == "true" || text == "false")) return put(path, text == "true", from);
    if (kind == SettingKind::list) return put(path, split(text), from);
    if (kind == SettingKind::boolean)
      return problems_.push_back(path + ": write " + std::string(expected(*kind)) + " (" + from + ")");
    put(path, text, from);
  }
  void open(const std::string& section, const std::string& from) {
    const auto is_of = [&](std::string_view path) { return path.starts_with(section + "."); };
    const auto inner = within_subject(section);
    const bool known = std::ranges::any_of(options, [&](const Option& o) { return is_of(o.path); }) ||
                       inner == "password" || first_part(section) == "subjects";
    if (!known) return problems_.push_back(unknown(section, from));
    settings_.sections.insert(section);
  }
  Settings take() { return std::move(settings_); }

 private:
  static std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
      const auto comma = text.find(',');
      auto part = text.substr(0, comma);
      while (part.starts_with(' ')) part.remove_prefix(1);
      while (part.ends_with(' ')) part.remove_suffix(1);
      if (!part.empty()) parts.emplace_back(part);
      text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return parts;
  }
  Settings settings_{};
  std::vector<std::string>& problems_;
};

// "ROWAN_LIMITS__ENABLED" → "limits.enabled".
std::string path_of_variable(std::string_view name) {
  std::string path;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name.substr(i).starts_with("__")) {
      path += '.';
      ++i;
    } else {
      path += name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] - 'A' + 'a') : name[i];
    }
  }
  return path;
}

// Variables that settings themselves name ("env:ROWAN_SECRET") are no settings.
std::set<std::string> named_variables(const Settings& settings) {
  std::set<std::string> names{"ROWAN_SECRET"};
  for (const auto& [path, setting] : settings.by_path)
    if (const auto* list = std::get_if<std::vector<std::string>>(&setting.value))
      for (const auto& item : *list)
        if (item.starts_with("env:")) names.insert(item.substr(4));
  return names;
}

}  // namespace

std::optional<SettingKind> kind_of(std::string_view path) {
  const auto wanted = within_subject(path);
  for (const auto& option : options)
    if (option.path == wanted) return option.kind;
  return std::nullopt;
}

Settings gather_settings(const ConfigInputs& inputs, std::vector<std::string>& problems) {
  Gathering gathering(problems);
  if (!inputs.file_text.empty()) {
    for (auto& entry : read_toml(inputs.file_text, inputs.file_name, problems)) {
      if (!entry.value)
        gathering.open(entry.path, entry.from);
      else
        gathering.put(entry.path, *std::move(entry.value), entry.from);
    }
  }
  constexpr std::string_view prefix = "ROWAN_";
  std::vector<std::pair<std::string, std::string>> strangers;
  for (const auto& variable : inputs.environment) {
    const auto equals = variable.find('=');
    if (!variable.starts_with(prefix) || equals == variable.npos) continue;
    const auto name = variable.substr(0, equals);
    const auto path = path_of_variable(std::string_view(name).substr(prefix.size()));
    if (kind_of(path))
      gathering.put_text(path, variable.substr(equals + 1), name);
    else
      strangers.emplace_back(name, path);
  }
  for (const auto& [path, text] : inputs.flags)
    if (path != "port") gathering.put_text(path, text, "--" + path);
  auto settings = gathering.take();
  // Others put variables of our prefix there too (a cluster's ROWAN_PORT): only what is nearly ours is a mistake.
  const auto named = named_variables(settings);
  for (const auto& [name, path] : strangers)
    if (!named.contains(name) && !nearest(path).empty()) problems.push_back(unknown(path, name));
  return settings;
}

}  // namespace rowan::cli
