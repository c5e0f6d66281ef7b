#include <algorithm>
#include <cli/rooms.hpp>
#include <cli/settings.hpp>
#include <cli/toml_file.hpp>
#include <utility>

namespace rowan::cli {

namespace {

// Of the whole, and those of every room behind its section.
std::vector<Setting> make_settings() {
  auto all = settings_of_the_whole();
  for (const auto* rooms : {&all_rooms(), &all_providers()})
    for (const auto& room : *rooms)
      for (const auto& option : room.options)
        all.push_back({.path = room.name + "." + option.name, .kind = option.kind, .choices = option.choices});
  return all;
}

const std::vector<Setting>& known_settings() {
  static const auto all = make_settings();
  return all;
}

std::string_view first_part(std::string_view path) { return path.substr(0, path.find('.')); }

// "subjects.admin.password.registration" is "password.registration" of another subject.
std::string_view within_subject(std::string_view path) {
  constexpr std::string_view subjects = "subjects.";
  if (!path.starts_with(subjects)) return path;
  const auto dot = path.find('.', subjects.size());
  if (dot == std::string_view::npos) return path;
  const auto rest = path.substr(dot + 1);
  const auto room = first_part(rest);
  return find_room(room) != nullptr || find_provider(room) != nullptr ? rest : path;
}

// "oidc.work.issuer" is "oidc.issuer" of the provider "work".
std::string without_name(std::string_view path) {
  const auto inner = within_subject(path);
  const auto name = inner.find('.');
  const auto option = name == inner.npos ? inner.npos : inner.find('.', name + 1);
  if (option == inner.npos || find_provider(inner.substr(0, name)) == nullptr) return std::string(inner);
  return std::string(inner.substr(0, name)).append(inner.substr(option));
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

// The option, or at least the section, that was probably meant; empty when none is similar.
std::string nearest(std::string_view path, bool also_sections) {
  constexpr std::size_t longest = 64;
  const auto inner = within_subject(path);
  if (inner.size() > longest) return {};
  std::string_view best;
  std::size_t distance = 3;
  const auto look_at = [&](std::string_view known) {
    if (const auto d = edit_distance(inner, known); d < distance && d <= known.size() / 2) {
      distance = d;
      best = known;
    }
  };
  for (const auto& option : known_settings()) look_at(option.path);
  if (also_sections)
    for (const auto& room : all_rooms()) look_at(room.name);
  return best.empty() ? "" : std::string(path.substr(0, path.size() - inner.size())).append(best);
}

bool is_section(std::string_view path) {
  if (find_room(within_subject(path)) != nullptr || read_provider_section(path)) return true;
  if (find_provider(within_subject(path)) != nullptr) return false;
  const auto is_of = [&](const Setting& option) { return option.path.starts_with(std::string(path) + "."); };
  return std::ranges::any_of(known_settings(), is_of) ||
         (first_part(path) == "subjects" && std::ranges::count(path, '.') < 2);
}

std::string unknown(std::string_view path, std::string_view from) {
  const std::string name(path);
  if (find_provider(within_subject(path)) != nullptr)
    return name + ": there may be several; write [[" + name + "]] (" + std::string(from) + ")";
  const auto where = " (" + std::string(from) + ")";
  if (is_section(path)) return name + ": is a section; write [" + name + "] and its options below it" + where;
  const auto meant = nearest(path, true);
  return name + ": this version of rowan has no such option; " +
         (meant.empty() ? "remove it" : "did you mean " + meant + "?") + where;
}

class Gathering {
 public:
  explicit Gathering(std::vector<std::string>& problems) : problems_(problems) {}

  void put(const std::string& path, SettingValue value, const std::string& from) {
    const auto* option = find_setting(path);
    if (option == nullptr) return problems_.push_back(unknown(path, from));
    keep(path, *option, accepted(*option, std::move(value)), from);
  }
  // An environment variable or flag: text that says a value of the option's kind.
  void put_text(const std::string& path, const std::string& text, const std::string& from) {
    if (const auto* option = find_setting(path)) keep(path, *option, accepted_text(*option, text), from);
  }
  void open(const std::string& section, bool repeated, const std::string& from) {
    if (!is_section(section)) return problems_.push_back(unknown(section, from));
    if (repeated) return problems_.push_back(section + ": write it once, as [" + section + "] (" + from + ")");
    settings_.sections.insert(section);
  }
  void end_of_file() { settings_.sections_of_file = settings_.sections; }
  Settings take() { return std::move(settings_); }

 private:
  void keep(const std::string& path, const Setting& option, std::optional<SettingValue> value,
            const std::string& from) {
    if (const auto dot = path.rfind('.'); dot != path.npos) settings_.sections.insert(path.substr(0, dot));
    if (!value) return problems_.push_back(path + ": write " + expected(option) + " (" + from + ")");
    settings_.by_path.insert_or_assign(path, *std::move(value));
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

// Variables that settings themselves name ("env:ROWAN_SECRET") are not settings.
std::set<std::string> named_variables(const Settings& settings) {
  std::set<std::string> names{"ROWAN_SECRET"};
  const auto add = [&](const std::string& text) {
    if (text.starts_with("env:")) names.insert(text.substr(4));
  };
  for (const auto& [path, value] : settings.by_path) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) std::ranges::for_each(*list, add);
    if (const auto* text = std::get_if<std::string>(&value)) add(*text);
  }
  return names;
}

}  // namespace

std::vector<Setting> settings_of_the_whole() {
  using Kind = Option::Kind;
  return {
      {.path = "base_url",
       .sentence = "The base URL that browsers show: https://notes.example, with a path if there is one."},
      {.path = "listen", .sentence = "The address and port to answer on.", .standard = "\"127.0.0.1:4000\""},
      {.path = "metrics_listen",
       .sentence = "The address and port for GET /metrics, of this machine or of a private network."},
      {.path = "database", .sentence = "sqlite:PATH, or postgres://user:password@host:port/name."},
      {.path = "secrets",
       .kind = Kind::list,
       .sentence = "Where the secrets are, newest first: env:NAME or file:PATH, 32 random bytes or more each."},
      {.path = "mail",
       .sentence = "smtp://user:password@host:port?from=no-reply@notes.example, or mailbox, which sends nothing."},
      {.path = "trusted_proxies",
       .kind = Kind::list,
       .sentence = "CIDR ranges of proxies whose X-Forwarded-For is trusted, such as 127.0.0.1/32.",
       .standard = "[]"},
      {.path = "notices.off",
       .kind = Kind::list,
       .sentence = "The notices to account owners that are not sent, by their letters' names: \"password/changed\".",
       .standard = "[]"},
      {.path = "limits.enabled",
       .kind = Kind::boolean,
       .sentence = "Whether rate limits apply; false is for load tests only.",
       .standard = "true"},
      {.path = "argon2.memory_kib",
       .kind = Kind::number,
       .sentence = "The memory of a password hash, in KiB; `doctor argon2` suggests it.",
       .standard = "19456"},
      {.path = "argon2.passes",
       .kind = Kind::number,
       .sentence = "How often a password hash goes over its memory.",
       .standard = "2"},
      {.path = "argon2.slots",
       .kind = Kind::number,
       .sentence = "How many passwords are hashed at once; 0: as many as there are cores.",
       .standard = "0"},
      {.path = "argon2.only_libsodium",
       .kind = Kind::boolean,
       .sentence = "Hash passwords by libsodium instead of by our own code, which makes the same hashes faster.",
       .standard = "false"},
      {.path = "second_factor.required",
       .kind = Kind::boolean,
       .sentence = "Whether every account must have a second factor; one without sets it up while it signs in.",
       .standard = "false"},
      {.path = "second_factor.grace",
       .kind = Kind::duration,
       .sentence = "How long after its registration an account may go on without one.",
       .standard = "\"0s\""},
      {.path = "second_factor.trust_browsers",
       .kind = Kind::duration,
       .sentence =
           "How long a browser that its owner trusts is not asked for a second factor; 0s: that is not offered.",
       .standard = "\"0s\""},
      {.path = "tokens.algorithm",
       .sentence = "What signs tokens: HS256, HS384, HS512, or one with public keys at /.well-known/jwks.json: RS256, "
                   "PS256, ES256 (also 384, 512), EdDSA.",
       .standard = "\"HS256\""},
      {.path = "tokens.accept",
       .kind = Kind::list,
       .sentence = "Other algorithms whose tokens are accepted, while you change the algorithm.",
       .standard = "[]"},
      {.path = "tokens.audience",
       .kind = Kind::list,
       .sentence = "The `aud` of tokens; base_url when it is left out.",
       .standard = "[]"},
      {.path = "tokens.lifetime",
       .kind = Kind::duration,
       .sentence = "How long a token works; at most 60 days.",
       .standard = "\"14d\""},
      {.path = "tokens.leeway",
       .kind = Kind::duration,
       .sentence = "How long before its `nbf` a token is accepted, for clocks that differ.",
       .standard = "\"1m\""},
      {.path = "tokens.acr", .sentence = "The `acr` of tokens after a sign-in with one factor."},
      {.path = "tokens.acr_two_factors", .sentence = "The `acr` of tokens after a sign-in with two factors."},
      {.path = "tokens.rotate_every",
       .kind = Kind::duration,
       .sentence = "How often a new signing key is made; 0s: only by `rowan keys rotate`.",
       .standard = "\"90d\""},
      {.path = "tokens.publish_before",
       .kind = Kind::duration,
       .sentence = "How long a new signing key is published before it signs.",
       .standard = "\"1h\""},
      {.path = "tokens.rsa_bits",
       .kind = Kind::number,
       .sentence = "The size of RSA keys: 3072 to 4096.",
       .standard = "3072"},
      {.path = "tokens.introspection_client",
       .sentence =
           "The id by which a service may ask /api/auth/introspect whether a token is good; empty: no one may."},
      {.path = "tokens.introspection_secrets",
       .kind = Kind::list,
       .sentence = "Where its secrets are, newest first: env:NAME or file:PATH, 32 random bytes or more each.",
       .standard = "[]"},
      {.path = "tls.certificate", .sentence = "The PEM file with the certificate and its chain."},
      {.path = "tls.key", .sentence = "The PEM file with its key."},
      {.path = "tls.behind_proxy",
       .kind = Kind::boolean,
       .sentence = "Whether a proxy that speaks https stands before it; then plain http is served on any address.",
       .standard = "false"},
      {.path = "pages.app_name", .sentence = "The name on pages and in mails.", .standard = "\"Rowan\""},
      {.path = "pages.logo_url", .sentence = "The URL of a logo for the top of pages."},
      {.path = "pages.template_folder", .sentence = "A folder of templates that replace those of the same name."},
      {.path = "pages.text_folder",
       .sentence = "A folder of gettext files that replace or extend the built-in translations."},
      {.path = "pages.theme_css", .sentence = "A style sheet that is added to the built-in one."},
      {.path = "pages.default_language",
       .sentence = "The language for visitors who ask for none of the available ones.",
       .standard = "\"en\""},
  };
}

const Setting* find_setting(std::string_view path) {
  // An option of no provider in particular.
  const auto inner = within_subject(path);
  if (std::ranges::count(inner, '.') == 1 && find_provider(first_part(inner)) != nullptr) return nullptr;
  const auto found = std::ranges::find(known_settings(), without_name(path), &Setting::path);
  return found == known_settings().end() ? nullptr : &*found;
}

Settings gather_settings(const ConfigInputs& inputs, std::vector<std::string>& problems) {
  Gathering gathering(problems);
  if (!inputs.file_text.empty()) {
    for (auto& entry : read_toml(inputs.file_text, inputs.file_name, problems)) {
      if (!entry.value)
        gathering.open(entry.path, entry.repeated, entry.from);
      else
        gathering.put(entry.path, *std::move(entry.value), entry.from);
    }
  }
  gathering.end_of_file();
  constexpr std::string_view prefix = "ROWAN_";
  std::vector<std::pair<std::string, std::string>> strangers;
  for (const auto& variable : inputs.environment) {
    const auto equals = variable.find('=');
    if (!variable.starts_with(prefix) || equals == variable.npos) continue;
    const auto name = variable.substr(0, equals);
    const auto path = path_of_variable(std::string_view(name).substr(prefix.size()));
    if (find_setting(path) != nullptr)
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
    if (!named.contains(name) && !nearest(path, false).empty()) problems.push_back(unknown(path, name));
  return settings;
}

}  // namespace rowan::cli
