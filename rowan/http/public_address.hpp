#pragma once
// Not installed. Which addresses belong to the public internet.
#include <rowan/http/ip_address.hpp>

namespace rowan::http {

/// False for whatever the IANA registries of special-purpose addresses do not call globally reachable (loopback,
/// private, link-local, shared, multicast, reserved …), for what carries an IPv4 address in an IPv6 one (NAT64, 6to4,
/// Teredo), and for the address at which a cloud tells its machines their secrets. An IPv4 address that is mapped into
/// IPv6 is an IPv4 address (IpAddress).
bool is_public(const IpAddress& address);

}  // namespace rowan::http
