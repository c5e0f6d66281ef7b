#pragma once
// Config: what `rowan serve` is to be, read from a file, the environment and flags (docs/http_contract.md#the-program).
#include <chrono>
#include <cli/rooms.hpp>
#include <map>
#include <optional>
#include <rowan/crypto/password_hasher.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::cli {

/// Looks of pages and mails; PagesOptions says what each does.
struct PageSettings {
  std::string app_name = "Rowan";
  std::string logo_url{}, template_folder{}, text_folder{}, theme_css{};
  std::string default_language = "en";
};

struct Config {
  bool dev = false;
  std::string base_url{};
  std::string listen_address = "127.0.0.1";  // an IP address
  std::string metrics_address{};             // likewise; empty: no metrics
  unsigned short port = 4000, metrics_port = 0;
  std::string database{};
  std::vector<std::string> secrets{};  // newest first: "env:NAME", "file:PATH"; the secret itself only in --dev
  std::string mail{};
  std::vector<std::string> trusted_proxies{};
  std::vector<std::string> notices_off{};
  bool limits_enabled = true;
  Argon2Options argon2{};
  /// The policy for all accounts; an application of its own can ask some only.
  struct SecondFactor {
    bool required = false;
    std::chrono::seconds grace{0}, trust_browsers{0};
  } second_factor{};
  /// TokenOptions says what each does.
  struct Tokens {
    std::string algorithm = "HS256";
    std::vector<std::string> accept{}, audience{};
    std::chrono::seconds lifetime = std::chrono::days(14), leeway{60};
    std::string acr{}, acr_two_factors{};
    std::chrono::seconds rotate_every = std::chrono::days(90), publish_before = std::chrono::hours(1);
    unsigned rsa_bits = 3072;
    std::string introspection_client{};                // empty: no such endpoint
    std::vector<std::string> introspection_secrets{};  // as `secrets`
  } tokens{};
  std::string tls_certificate{}, tls_key{};  // PEM files; empty: plain http
  bool behind_tls_proxy = false;             // plain http also on addresses that other machines reach
  PageSettings pages{};
  std::vector<SubjectSettings> subjects{};
  // In --dev what is not said is made under var/.
  bool makes_database_folder = false;
  bool makes_secret = false;
};

/// Where settings come from; later ones win: the file, the environment, flags.
struct ConfigInputs {
  bool dev = false;
  std::string file_name{};                     // for messages
  std::string file_text{};                     // TOML
  std::vector<std::string> environment{};      // "NAME=value"; only ROWAN_… is looked at
  std::map<std::string, std::string> flags{};  // by option: "database", "base_url", "port"
};

struct ConfigRead {
  Config config{};
  /// Each names its option and a fix; none contains a secret. Empty: the config can be used.
  std::vector<std::string> problems{};
};

ConfigRead read_config(const ConfigInputs& inputs);

/// As TOML that can be read again, without secrets and without the passwords of URLs (CRY-05).
std::string print_config(const Config& config);

/// "127.0.0.1:4000", "[::1]:4000".
std::string endpoint_text(const std::string& address, unsigned short port);

/// The URL with *** for its password.
std::string without_password(std::string_view url);

}  // namespace rowan::cli
