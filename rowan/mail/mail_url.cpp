#include <string.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <rowan/base/config_error.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/mail/header.hpp>
#include <rowan/mail/mail_url.hpp>

namespace rowan::mail {

namespace {

constexpr std::size_t max_url = 2048;
constexpr std::string_view missing_sender = "…?from=no-reply@your.domain";
constexpr auto max_timeout = std::chrono::seconds(240);  // below the outbox's lease

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// RFC 3986 section 2.1. Nothing that came out may hold a control character: it goes into SMTP commands and headers.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());  // so that no copy of a password is left behind by growing
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? hex_digit(text[i + 2]) : std::nullopt;
    if (!high || !low) return std::nullopt;
    decoded += static_cast<char>(*high << 4 | *low);
    i += 2;
  }
  if (!is_storable_text(decoded) || has_control_characters(decoded)) return std::nullopt;
  return decoded;
}

// What lies before `end`, which is dropped; everything when there is none.
std::string_view take_until(std::string_view& rest, char end) {
  const auto at = rest.find(end);
  const auto head = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return head;
}

// A name without dots and an IPv4 address are hosts too; whether one exists is found out when a mail is sent.
bool is_host(std::string_view host) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
  };
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, fits);
}

class Reader {
 public:
  explicit Reader(MailerOptions options) { url_.options = std::move(options); }

  MailUrl read(std::string_view text) {
    if (text.size() > max_url || !is_storable_text(text) || has_control_characters(text)) {
      throw ConfigError("mail: not a URL (at most 2048 bytes, no control characters)");
    }
    auto query = text;
    auto rest = take_until(query, '?');
    read_transport(rest);
    if (url_.transport != Transport::mailbox) read_authority(rest);
    while (!query.empty()) read_option(take_until(query, '&'));
    read_sender();
    check_options();
    if (!problems_.empty()) throw ConfigError(std::move(problems_));
    return std::move(url_);
  }

 private:
  void problem(std::string text) { problems_.push_back("mail: " + std::move(text)); }

  void read_transport(std::string_view& rest) {
    if (rest == "mailbox") return;
    url_.transport = rest.starts_with("smtps://") ? Transport::smtps : Transport::smtp;
    if (url_.transport == Transport::smtp && !rest.starts_with("smtp://")) {
      throw ConfigError(R"(mail: write "smtp://host:port", "smtps://host:port" or "mailbox")");
    }
    rest.remove_prefix(rest.find("//") + 2);
    url_.port = url_.transport == Transport::smtps ? 465 : 25;
  }

  void read_authority(std::string_view rest) {
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
      read_user(rest.substr(0, at));
      rest.remove_prefix(at + 1);
    }
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.starts_with('[')) {
      rest.remove_prefix(1);
      url_.host = take_until(rest, ']');
      if (url_.host.empty() || url_.host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string::npos) {
        problem("the address in [brackets] is not IPv6");
      }
    } else {
      const auto colon = std::min(rest.find(':'), rest.size());
      url_.host = rest.substr(0, colon);
      rest.remove_prefix(colon);
      if (!is_host(url_.host)) problem("the host is missing or is not a host name");
    }
    if (rest.empty()) return;
    if (!rest.starts_with(':')) return problem("unexpected text after the host; write smtp://host:port");
    rest.remove_prefix(1);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), url_.port);
    if (error != std::errc() || end != rest.data() + rest.size() || url_.port == 0)
      problem("the port is not 1 to 65535");
  }

  void read_user(std::string_view text) {
    auto user = percent_decoded(take_until(text, ':'));
    auto password = percent_decoded(text);
    if (!user || !password)
      return problem("user and password are percent-encoded in a URL; one is not, or has a control character");
    if (!password->empty() && url_.options.password)
      problem("the password is given twice: in the URL and in the options");
    url_.options.username = std::move(*user);
    if (!password->empty()) url_.options.password = std::make_shared<const Secret>(Secret::from_text(*password));
    ::explicit_bzero(password->data(), password->size());
  }

  void read_option(std::string_view pair) {
    const auto name = take_until(pair, '=');
    auto value = percent_decoded(pair);
    if (!value || value->empty()) return problem("an option after the ? is empty or not percent-encoded");
    if (name == "from")
      url_.options.from = std::move(*value);
    else if (name == "from_name")
      url_.options.from_name = std::move(*value);
    else if (name == "ca")
      url_.options.ca_file = std::move(*value);
    else if (name == "require_tls" && (*value == "true" || *value == "false"))
      url_.options.require_tls = *value == "true";
    else if (name == "require_tls")
      problem("require_tls is true or false");
    else
      problem("unknown option after the ?; the options are from, from_name, ca and require_tls");
  }

  void read_sender() {
    url_.sender_given = !url_.options.from.empty();
    if (!url_.sender_given) {
      if (url_.transport != Transport::mailbox && !url_.is_loopback())
        return problem("`from` is missing; write the address that mails come from: " + std::string(missing_sender));
      url_.options.from = "no-reply@localhost";
    }
    auto address = parse_mail_address(url_.options.from);
    if (!address) return problem("`from` is not an email address; write from=no-reply@your.domain");
    if (address->needs_smtputf8()) problem("`from` must be ASCII before the @: every server has to accept it");
    if (!url_.options.from_name.empty() && !display_name(url_.options.from_name)) {
      problem("`from_name` has control characters, is too long or not UTF-8");
    }
    url_.sender = {.address = std::move(*address), .name = url_.options.from_name};
  }

  void check_options() {
    const auto& options = url_.options;
    if (options.timeout < std::chrono::seconds(1) || options.timeout > max_timeout)
      problem("`timeout` is not 1 to 240 seconds");
    if (options.password && options.password->missing())
      problem("`password` is missing: " + options.password->origin());
    if (options.password && options.username.empty()) problem("`password` is given, `username` is not");
    if (has_control_characters(options.username)) problem("`username` has control characters");
    if (options.password && has_control_characters(options.password->expose()))
      problem("`password` has control characters");
  }

  MailUrl url_{};
  std::vector<std::string> problems_{};
};

}  // namespace

bool MailUrl::is_loopback() const {
  if (host == "localhost" || host == "::1") return true;
  // Only the dotted form: "127.evil.example" is another host.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

MailUrl read_mail_url(std::string_view url, MailerOptions options) { return Reader(std::move(options)).read(url); }

}  // namespace rowan::mail
