#include <algorithm>
#include <charconv>
#include <rowan/base/try.hpp>
#include <rowan/http/outgoing_url.hpp>
#include <rowan/http/url.hpp>

namespace rowan::http {

namespace {

constexpr std::size_t most_url_bytes = 8192, most_host_bytes = 253, most_label_bytes = 63;

Error wrong(std::string_view what) {
  return Error{.code = ErrorCode::malformed_request, .reason = "url: " + std::string(what)};
}

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || is_decimal(c); }

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= most_label_bytes && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

/// WHATWG URL section 3.5: what ends in a number is read as an IPv4 address, in more spellings than one.
bool ends_in_a_number(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);  // npos + 1 is 0
  return std::ranges::all_of(last, is_decimal) || last.starts_with("0x");
}

Result<> read_host(std::string_view text, OutgoingUrl& url) {
  url.host = text;
  for (char& c : url.host)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (url.host.empty() || url.host.size() > most_host_bytes) return wrong("no host, or a long one");
  for (std::string_view rest = url.host;;) {
    const auto dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) return wrong("its host is no name of letters, digits and '-' between dots");
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (!ends_in_a_number(url.host)) return {};
  url.address = IpAddress::parse(url.host);
  if (!url.address || url.address->text() != url.host)
    return wrong("its host is a number, and not an address in its one spelling");
  return {};
}

Result<> read_ipv6(std::string_view text, OutgoingUrl& url) {
  if (!text.contains(':')) return wrong("no IPv6 address between its brackets");
  url.address = IpAddress::parse(text);
  if (!url.address) return wrong("no IPv6 address between its brackets");
  url.host = url.address->text();  // an IPv4 address that was mapped into IPv6 is one from here on
  return {};
}

Result<> read_port(std::string_view text, OutgoingUrl& url) {
  if (text.empty()) return {};
  const auto digits = text.substr(1);
  unsigned port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (text.front() != ':' || digits.empty() || digits.front() == '0' || failed != std::errc{} ||
      end != digits.data() + digits.size() || port > 65535)
    return wrong("its port is no number from 1 to 65535");
  url.port = static_cast<std::uint16_t>(port);
  return {};
}

// RFC 3986 section 3.3 and 3.4.
bool is_target(std::string_view target) {
  constexpr std::string_view others = "-._~!$&'()*+,;=:@/?%";
  return std::ranges::all_of(
             target, [&](char c) { return is_letter_or_digit(c) || (c >= 'A' && c <= 'Z') || others.contains(c); }) &&
         percent_decode(target).has_value();
}

}  // namespace

Result<OutgoingUrl> OutgoingUrl::parse(std::string_view text) {
  if (text.size() > most_url_bytes) return wrong("too long");
  OutgoingUrl url;
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
    url.secure = false;
    url.port = 80;
  } else {
    return wrong("neither https:// nor http://");
  }
  const auto authority = text.substr(0, text.find_first_of("/?#"));
  const auto target = text.substr(authority.size());
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return wrong("no IPv6 address between its brackets");
    ROWAN_CHECK(read_ipv6(authority.substr(1, end - 1), url));
    ROWAN_CHECK(read_port(authority.substr(end + 1), url));
  } else {
    const auto host = authority.substr(0, authority.find(':'));
    ROWAN_CHECK(read_host(host, url));
    ROWAN_CHECK(read_port(authority.substr(host.size()), url));
  }
  if (!is_target(target)) return wrong("its path or query has what may not stand there");
  url.target = (target.starts_with('/') ? "" : "/") + std::string(target);
  return url;
}

std::string OutgoingUrl::authority() const {
  const bool bracketed = address && !address->is_v4();
  return (bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string OutgoingUrl::text() const { return (secure ? "https://" : "http://") + authority() + target; }

bool OutgoingUrl::is_loopback() const { return address ? address->is_loopback() : host == "localhost"; }

}  // namespace rowan::http
