#include <algorithm>
#include <array>
#include <charconv>
#include <cli/config.hpp>
#include <cli/settings.hpp>
#include <limits>
#include <rowan/http/ip_address.hpp>

namespace rowan::cli {

namespace {

std::string host_of(std::string_view listen) {
  auto host = listen.substr(0, listen.rfind(':'));
  if (host == "localhost") return "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

std::optional<unsigned short> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) return std::nullopt;
  return static_cast<unsigned short>(port);
}

// Only the operator may read the metrics, so they are not served on public addresses: only on this machine or in a
// private network (RFC 1918, 6598, 4193).
bool is_own(const http::IpAddress& address) {
  if (address.is_loopback()) return true;
  return std::ranges::any_of(std::array{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"},
                             [&](const char* range) { return http::IpRange::parse(range)->contains(address); });
}

class Reading {
 public:
  explicit Reading(const ConfigInputs& inputs) : settings_(gather_settings(inputs, read_.problems)) {
    read_.config.dev = inputs.dev;
  }

  ConfigRead read(const ConfigInputs& inputs) {
    auto& config = read_.config;
    read_listen(inputs);
    read_metrics_listen();
    take("base_url", config.base_url);
    take("database", config.database);
    take("mail", config.mail);
    take("secrets", config.secrets);
    take("trusted_proxies", config.trusted_proxies);
    take("notices.off", config.notices_off);
    take("limits.enabled", config.limits_enabled);
    take_number("argon2.memory_kib", config.argon2.memory_kib);
    take_number("argon2.passes", config.argon2.passes);
    take_number("argon2.slots", config.argon2.slots);
    take("argon2.only_libsodium", config.argon2.only_libsodium);
    take("second_factor.required", config.second_factor.required);
    take("second_factor.grace", config.second_factor.grace);
    take("second_factor.trust_browsers", config.second_factor.trust_browsers);
    take("tokens.algorithm", config.tokens.algorithm);
    take("tokens.accept", config.tokens.accept);
    take("tokens.audience", config.tokens.audience);
    take("tokens.lifetime", config.tokens.lifetime);
    take("tokens.leeway", config.tokens.leeway);
    take("tokens.acr", config.tokens.acr);
    take("tokens.acr_two_factors", config.tokens.acr_two_factors);
    take("tokens.rotate_every", config.tokens.rotate_every);
    take("tokens.publish_before", config.tokens.publish_before);
    take_number("tokens.rsa_bits", config.tokens.rsa_bits);
    take("tokens.introspection_client", config.tokens.introspection_client);
    take("tokens.introspection_secrets", config.tokens.introspection_secrets);
    take("tls.certificate", config.tls_certificate);
    take("tls.key", config.tls_key);
    take("tls.behind_proxy", config.behind_tls_proxy);
    take("pages.app_name", config.pages.app_name);
    take("pages.logo_url", config.pages.logo_url);
    take("pages.template_folder", config.pages.template_folder);
    take("pages.text_folder", config.pages.text_folder);
    take("pages.theme_css", config.pages.theme_css);
    take("pages.default_language", config.pages.default_language);
    read_subjects();
    if (config.dev) fill_in_for_development();
    check_required();
    check_secrets();
    check_development_only();
    check_transport();
    return std::move(read_);
  }

 private:
  void problem(std::string text) { read_.problems.push_back(std::move(text)); }

  template <class T>
  bool take(const std::string& path, T& into) const {
    const auto found = settings_.by_path.find(path);
    if (found == settings_.by_path.end()) return false;
    into = std::get<T>(found->second);
    return true;
  }

  // What is too small or too large for the option itself is said when the Auth is made.
  void take_number(const std::string& path, unsigned& into) {
    std::int64_t number = 0;
    if (!take(path, number)) return;
    if (number < 0 || number > std::numeric_limits<std::int32_t>::max())
      return problem(path + ": write a whole number from 0 to 2147483647");
    into = static_cast<unsigned>(number);
  }

  void read_listen(const ConfigInputs& inputs) {
    auto& config = read_.config;
    std::string listen;
    if (take("listen", listen)) {
      const auto colon = listen.rfind(':');
      const auto host = host_of(listen);
      if (colon == listen.npos || !http::IpAddress::parse(host))
        problem("listen: write an address and a port, such as 127.0.0.1:4000 or [::1]:4000");
      else
        config.listen_address = host;
      if (colon != listen.npos) read_port("listen", std::string_view(listen).substr(colon + 1));
    }
    if (const auto port = inputs.flags.find("port"); port != inputs.flags.end()) read_port("--port", port->second);
  }

  void read_port(std::string_view option, std::string_view text) {
    const auto port = parse_port(text);
    if (!port) return problem(std::string(option) + ": the port must be a number from 1 to 65535");
    read_.config.port = *port;
  }

  // Empty: off, so that a variable can switch off what the file has.
  void read_metrics_listen() {
    auto& config = read_.config;
    std::string listen;
    if (!take("metrics_listen", listen) || listen.empty()) return;
    const auto address = http::IpAddress::parse(host_of(listen));
    const auto colon = listen.rfind(':');
    const auto port = parse_port(std::string_view(listen).substr(colon == listen.npos ? listen.size() : colon + 1));
    if (!address || !port)
      return problem("metrics_listen: write an address and a port, such as 127.0.0.1:9400 or [::1]:9400");
    if (!is_own(*address))
      return problem(
          "metrics_listen: takes an address of this machine or of a private network only; write one, such as "
          "127.0.0.1:9400 or 10.0.0.5:9400");
    if (address->text() == config.listen_address && *port == config.port)
      return problem("metrics_listen: same address as `listen`; choose another port");
    config.metrics_address = address->text();
    config.metrics_port = *port;
  }

  void read_subjects() {
    auto& subjects = read_.config.subjects;
    const auto is_room = [](const std::string& section) {
      return read_section(section) || read_provider_section(section);
    };
    if (read_.config.dev && std::ranges::none_of(settings_.sections_of_file, is_room))
      for (const auto& room : all_rooms()) add_room("user", room, room.development);
    std::map<std::pair<std::string, const Room*>, std::string> seen;
    for (const auto& room : all_rooms())
      for (const auto& section : settings_.sections) {
        const auto here = read_section(section);
        if (!here || here->room != &room) continue;
        const auto [other, is_first] = seen.emplace(std::pair(here->subject, &room), section);
        if (!is_first)
          problem(other->second + ": [" + other->second + "] is short for [" + section + "]; keep one of them");
        read_options(section, add_room(here->subject, room, room.defaults));
      }
    read_providers();
    for (const auto& section : settings_.sections)
      if (section.starts_with("subjects.") && std::ranges::count(section, '.') == 1) find_subject(section.substr(9));
    if (subjects.empty()) find_subject("user");
    std::ranges::sort(subjects, {},
                      [](const SubjectSettings& subject) { return std::pair(subject.name != "user", subject.name); });
    for (const auto& subject : subjects) check_that_somebody_can_sign_in(subject);
  }

  SubjectSettings& find_subject(const std::string& name) {
    auto& subjects = read_.config.subjects;
    for (auto& known : subjects)
      if (known.name == name) return known;
    return subjects.emplace_back(SubjectSettings{.name = name});
  }

  RoomSettings& add_room(const std::string& subject, const Room& room, const std::any& options) {
    auto& of = find_subject(subject).rooms;
    for (auto& known : of)
      if (known.room == &room) return known;
    return of.emplace_back(RoomSettings{.room = &room, .options = options.has_value() ? options : room.defaults});
  }

  void read_options(const std::string& section, RoomSettings& into) {
    for (const auto& option : into.room->options)
      if (const auto found = settings_.by_path.find(section + "." + option.name); found != settings_.by_path.end())
        option.set(into.options, found->second);
  }

  void read_providers() {
    for (const auto& section : settings_.sections) {
      const auto here = read_provider_section(section);
      if (!here) continue;
      auto& into =
          find_subject(here->subject)
              .rooms.emplace_back(RoomSettings{.room = here->room, .options = here->room->defaults, .repeated = true});
      here->room->find("name")->set(into.options, here->name);
      read_options(section, into);
      for (const auto& option : here->room->options) check_provider(section, option, option.get(into.options));
    }
  }

  void check_provider(const std::string& section, const Option& option, const OptionValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->empty() || read_.config.dev) return;
    if (text->starts_with("http://"))
      problem(section + "." + option.name + ": plain http is for --dev only; write the address with https://");
    if (is_secret(option) && !text->starts_with("env:") && !text->starts_with("file:"))
      problem(section + "." + option.name +
              ": is written out, which only --dev accepts; write \"env:NAME\" or \"file:PATH\" and change that secret");
  }

  void check_that_somebody_can_sign_in(const SubjectSettings& subject) {
    if (std::ranges::any_of(subject.rooms, [](const RoomSettings& on) { return on.room->signs_in; })) return;
    std::string sections;
    for (const auto& room : all_rooms())
      if (room.signs_in) sections += (sections.empty() ? "[" : " or [") + section_of(subject.name, room.name) + "]";
    problem((subject.name == "user" ? "password" : "subjects." + subject.name) +
            ": no one can sign in; add a section " + sections + " to the file");
  }

  void fill_in_for_development() {
    auto& config = read_.config;
    if (config.base_url.empty()) config.base_url = "http://localhost:" + std::to_string(config.port);
    if (config.mail.empty()) config.mail = "mailbox";
    if (config.database.empty()) {
      config.database = "sqlite:var/rowan.db";
      config.makes_database_folder = true;
    }
    if (config.secrets.empty()) {
      config.secrets = {"file:var/secret"};
      config.makes_secret = true;
    }
  }

  void check_required() {
    auto& config = read_.config;
    if (config.base_url.empty())
      problem("base_url: missing; write the address people see, such as \"https://id.example\"");
    if (config.database.empty())
      problem("database: missing; write \"postgres://user:password@host:port/name\" or \"sqlite:PATH\"");
    if (config.mail.empty())
      problem(
          "mail: missing; write the mail server, such as "
          "\"smtps://user:password@mail.example?from=no-reply@your.domain\"");
    if (config.secrets.empty()) config.secrets = {"env:ROWAN_SECRET"};  // the engine says when it is not set
  }

  void check_secrets() {
    auto& config = read_.config;
    if (config.tokens.introspection_client.empty() != config.tokens.introspection_secrets.empty())
      problem("tokens.introspection_client: give both it and tokens.introspection_secrets, or neither");
    if (config.dev) return;
    for (const auto& secret : config.secrets) {
      if (secret.starts_with("env:") || secret.starts_with("file:")) continue;
      return problem(
          "secrets: one is written out, which only --dev accepts; write \"env:NAME\" or \"file:PATH\" and change that "
          "secret");
    }
    for (const auto& secret : config.tokens.introspection_secrets)
      if (!secret.starts_with("env:") && !secret.starts_with("file:"))
        return problem(
            "tokens.introspection_secrets: one is written out, which only --dev accepts; write \"env:NAME\" or "
            "\"file:PATH\" and change that secret");
  }

  void check_development_only() {
    auto& config = read_.config;
    if (config.dev) return;
    if (!config.limits_enabled) problem("limits.enabled: false is accepted with --dev only; remove it");
    if (config.mail == "mailbox" || config.mail.starts_with("mailbox?"))
      problem(
          "mail: the mailbox is for --dev only; write the mail server, such as "
          "\"smtps://user:password@mail.example?from=no-reply@your.domain\"");
  }

  void check_transport() {
    auto& config = read_.config;
    if (config.tls_certificate.empty() != config.tls_key.empty())
      problem("tls: give both tls.certificate and tls.key, or neither");
    const auto address = http::IpAddress::parse(config.listen_address);
    const bool is_near = address && address->is_loopback();
    if (config.tls_certificate.empty() && !config.behind_tls_proxy && !is_near)
      problem(
          "listen: plain http is served on this machine only. Behind a proxy that speaks https, on a network that only "
          "it can reach, set tls.behind_proxy = true; or listen on 127.0.0.1, or set tls.certificate and tls.key");
    if (config.behind_tls_proxy && !is_near && config.trusted_proxies.empty())
      problem("tls.behind_proxy: name the proxy in trusted_proxies, or all visitors are one client to the limits");
  }

  ConfigRead read_{};
  Settings settings_;
};

}  // namespace

ConfigRead read_config(const ConfigInputs& inputs) { return Reading(inputs).read(inputs); }

}  // namespace rowan::cli
