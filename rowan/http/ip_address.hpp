#pragma once
// IP addresses of clients, their keys for rate limits (IPv6 by /64, IPv4-mapped as IPv4), and CIDR ranges.
#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace rowan::http {

class IpAddress {
 public:
  IpAddress() = default;  // ::, meaning unknown
  /// Dotted quad or RFC 4291 text, without zone or brackets. An IPv4-mapped address becomes the IPv4 one.
  static std::optional<IpAddress> parse(std::string_view text);
  /// What a socket has; nullopt when it is of another family.
  static std::optional<IpAddress> of(const sockaddr& address);
  bool is_v4() const;
  bool is_loopback() const;
  std::string text() const;
  /// The key under which attempts are counted: the address for IPv4, the /64 for IPv6 (THR-14).
  std::string bucket() const;
  /// The network of so many bits that it is in, as "203.0.113.0/24". More bits than it has: all of them.
  std::string network(unsigned bits) const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  friend class IpRange;
  std::array<std::byte, 16> bytes_{};
};

/// "127.0.0.1/32", "10.0.0.0/8", "fd00::/8", or a bare address.
class IpRange {
 public:
  static std::optional<IpRange> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  IpAddress address_{};
  unsigned bits_ = 128;
};

}  // namespace rowan::http
