#include <algorithm>
#include <array>
#include <rowan/http/public_address.hpp>
#include <string_view>
#include <vector>

namespace rowan::http {

namespace {

std::vector<IpRange> ranges(std::initializer_list<std::string_view> texts) {
  std::vector<IpRange> all;
  for (const auto text : texts) all.push_back(IpRange::parse(text).value());
  return all;
}

bool is_in(const std::vector<IpRange>& all, const IpAddress& address) {
  return std::ranges::any_of(all, [&](const IpRange& range) { return range.contains(address); });
}

}  // namespace

bool is_public(const IpAddress& address) {
  // IANA IPv4 Special-Purpose Address Registry; 224/4 and 240/4 by RFC 1112.
  static const auto special_v4 = ranges({
      "0.0.0.0/8",        // this network
      "10.0.0.0/8",       // private
      "100.64.0.0/10",    // shared, between a provider and its customers
      "127.0.0.0/8",      // loopback
      "169.254.0.0/16",   // link-local, and most clouds' metadata
      "172.16.0.0/12",    // private
      "192.0.0.0/24",     // protocols of the IETF, and a cloud's metadata
      "192.0.2.0/24",     // documentation
      "192.88.99.0/24",   // 6to4's relays
      "192.168.0.0/16",   // private
      "198.18.0.0/15",    // benchmarks
      "198.51.100.0/24",  // documentation
      "203.0.113.0/24",   // documentation
      "224.0.0.0/4",      // multicast
      "240.0.0.0/4",      // reserved, broadcast
      "168.63.129.16",    // public by number, but a cloud answers its own machines there
  });
  // Only 2000::/3 is given out. So ::1, fc00::/7, fe80::/10, ff00::/8, 64:ff9b::/96 (NAT64) and what else there is are
  // refused by being elsewhere. IANA IPv6 Special-Purpose Address Registry for the rest.
  static const auto given_out = IpRange::parse("2000::/3").value();
  static const auto special_v6 = ranges({
      "2001::/23",      // protocols of the IETF: Teredo, benchmarks, ORCHID
      "2001:db8::/32",  // documentation
      "2002::/16",      // 6to4
      "3fff::/20",      // documentation
  });
  if (address.is_v4()) return !is_in(special_v4, address);
  return given_out.contains(address) && !is_in(special_v6, address);
}

}  // namespace rowan::http
