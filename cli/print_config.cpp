#include <algorithm>
#include <cli/config.hpp>

namespace rowan::cli {

namespace {

std::vector<std::string> named_only(const std::vector<std::string>& secrets) {
  std::vector<std::string> shown;
  for (const auto& secret : secrets)
    shown.push_back(secret.starts_with("env:") || secret.starts_with("file:") ? secret : "(redacted)");
  return shown;
}

// "sslpassword=…" and "password=…" are read from a query too (libpq).
std::string redacted_query(std::string_view query) {
  std::string out;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto part = query.substr(0, end);
    const auto equals = part.find('=');
    const bool secret = part.substr(0, equals).ends_with("password");
    out += secret ? std::string(part.substr(0, equals)) + "=***" : std::string(part);
    if (end < query.size()) out += '&';
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return out;
}

}  // namespace

std::string without_password(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const auto start = scheme + 3;
  const auto question = std::min(url.find('?', start), url.size());
  const auto authority = url.substr(start, question - start);
  std::string out(url.substr(0, start));
  const auto query = question < url.size() ? "?" + redacted_query(url.substr(question + 1)) : std::string();
  const auto colon = authority.find(':');
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const bool has_password = colon < at;
    return out + std::string(authority.substr(0, has_password ? colon : at)) + (has_password ? ":***" : "") +
           std::string(authority.substr(at)) + query;
  }
  // Behind the colon stands a port; anything else may be a password with a stray '?' in it.
  if (colon != std::string_view::npos) {
    const auto port = authority.substr(colon + 1);
    const auto end = std::min(port.find('/'), port.size());
    if (!std::ranges::all_of(port.substr(0, end), [](char c) { return c >= '0' && c <= '9'; }) &&
        !authority.starts_with('['))
      return out + std::string(authority.substr(0, colon)) + ":***";
  }
  return out + std::string(authority) + query;
}

std::string endpoint_text(const std::string& address, unsigned short port) {
  return (address.contains(':') ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::string print_config(const Config& config) {
  std::string out;
  const auto line = [&](std::string_view name, const std::string& value) {
    out += std::string(name) + " = " + value + "\n";
  };
  line("base_url", as_toml(config.base_url));
  line("listen", as_toml(endpoint_text(config.listen_address, config.port)));
  if (!config.metrics_address.empty())
    line("metrics_listen", as_toml(endpoint_text(config.metrics_address, config.metrics_port)));
  line("database", as_toml(without_password(config.database)));
  line("secrets", as_toml(named_only(config.secrets)));
  line("mail", as_toml(without_password(config.mail)));
  line("trusted_proxies", as_toml(config.trusted_proxies));
  out += "\n[notices]\n";
  line("off", as_toml(config.notices_off));
  out += "\n[limits]\n";
  line("enabled", as_toml(config.limits_enabled));
  out += "\n[argon2]\n";
  line("memory_kib", std::to_string(config.argon2.memory_kib));
  line("passes", std::to_string(config.argon2.passes));
  line("slots", std::to_string(config.argon2.slots));
  line("only_libsodium", as_toml(config.argon2.only_libsodium));
  out += "\n[second_factor]\n";
  line("required", as_toml(config.second_factor.required));
  line("grace", as_toml(config.second_factor.grace));
  line("trust_browsers", as_toml(config.second_factor.trust_browsers));
  out += "\n[tokens]\n";
  line("algorithm", as_toml(config.tokens.algorithm));
  line("accept", as_toml(config.tokens.accept));
  line("audience", as_toml(config.tokens.audience));
  line("lifetime", as_toml(config.tokens.lifetime));
  line("leeway", as_toml(config.tokens.leeway));
  if (!config.tokens.acr.empty()) line("acr", as_toml(config.tokens.acr));
  if (!config.tokens.acr_two_factors.empty()) line("acr_two_factors", as_toml(config.tokens.acr_two_factors));
  line("rotate_every", as_toml(config.tokens.rotate_every));
  line("publish_before", as_toml(config.tokens.publish_before));
  line("rsa_bits", std::to_string(config.tokens.rsa_bits));
  if (!config.tokens.introspection_client.empty()) {
    line("introspection_client", as_toml(config.tokens.introspection_client));
    line("introspection_secrets", as_toml(named_only(config.tokens.introspection_secrets)));
  }
  if (!config.tls_certificate.empty() || config.behind_tls_proxy) out += "\n[tls]\n";
  if (!config.tls_certificate.empty()) {
    line("certificate", as_toml(config.tls_certificate));
    line("key", as_toml(config.tls_key));
  }
  if (config.behind_tls_proxy) line("behind_proxy", as_toml(config.behind_tls_proxy));
  out += "\n[pages]\n";
  line("app_name", as_toml(config.pages.app_name));
  line("default_language", as_toml(config.pages.default_language));
  const auto maybe = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) line(name, as_toml(value));
  };
  maybe("logo_url", config.pages.logo_url);
  maybe("template_folder", config.pages.template_folder);
  maybe("text_folder", config.pages.text_folder);
  maybe("theme_css", config.pages.theme_css);
  for (const auto& subject : config.subjects)
    for (const auto& on : subject.rooms) {
      const auto section = section_of(subject.name, on.room->name);
      out += on.repeated ? "\n[[" + section + "]]\n" : "\n[" + section + "]\n";
      for (const auto& option : on.room->options) {
        auto value = option.get(on.options);
        if (on.repeated && is_secret(option) && std::get<std::string>(value).size() > 0)
          value = named_only({std::get<std::string>(value)}).front();
        line(option.name, as_toml(value));
      }
    }
  return out;
}

}  // namespace rowan::cli
