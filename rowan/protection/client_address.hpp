#pragma once
// Not installed.
#include <rowan/http/message.hpp>
#include <span>

namespace rowan::protection {

/// The visitor's address: the socket's, unless that is a trusted proxy; then X-Forwarded-For, or without it Forwarded
/// (RFC 7239), read from the right, past every trusted proxy (THR-05).
http::IpAddress client_address(const http::Request& request, std::span<const http::IpRange> trusted_proxies);

}  // namespace rowan::protection
