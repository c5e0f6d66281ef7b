#pragma once
// Not installed. An address that we are to call, read strictly: what comes out has one spelling, and that is what the
// next reader gets (RFC 3986, narrowed).
#include <cstdint>
#include <optional>
#include <rowan/base/result.hpp>
#include <rowan/http/ip_address.hpp>
#include <string>
#include <string_view>

namespace rowan::http {

struct OutgoingUrl {
  bool secure = true;                  // https
  std::string host{};                  // a name in lower case, or an address without brackets
  std::optional<IpAddress> address{};  // when the host is one
  std::uint16_t port = 443;
  std::string target = "/";  // path and query

  /// `malformed_request` for everything but "http[s]://host[:port][/path][?query]": no user, no fragment, no blank, no
  /// broken escape. A host is letters, digits and '-' between dots, without one at its end, or an IP address in its one
  /// spelling: not 2130706433, 0177.0.0.1, 0x7f.1 or 127.1, which others read as 127.0.0.1.
  static Result<OutgoingUrl> parse(std::string_view text);
  std::string text() const;
  /// "host:port", with the brackets of an IPv6 address.
  std::string authority() const;
  /// "localhost" or a loopback address.
  bool is_loopback() const;
};

}  // namespace rowan::http
