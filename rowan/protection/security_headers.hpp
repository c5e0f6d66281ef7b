#pragma once
// Not installed.
#include <rowan/http/message.hpp>
#include <string>
#include <string_view>

namespace rowan::protection {

struct HeaderPolicy {
  bool https = true;          // base_url's scheme: Strict-Transport-Security
  std::string logo_origin{};  // one more image source
};

/// Fills in what is missing: CSP, nosniff, Referrer-Policy, COOP, HSTS, no-store
/// (docs/http_contract.md#headers-of-every-page).
void add_security_headers(http::Response& response, const HeaderPolicy& policy);

}  // namespace rowan::protection
