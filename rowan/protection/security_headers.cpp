#include <rowan/protection/security_headers.hpp>

namespace rowan::protection {

void add_security_headers(http::Response& response, const HeaderPolicy& policy) {
  const auto add = [&](std::string_view name, std::string value) {
    if (response.headers.count(name) == 0) response.headers.add(std::string(name), std::move(value));
  };
  add("X-Content-Type-Options", "nosniff");
  add("Cache-Control", "no-store");
  add("Referrer-Policy", "same-origin");  // pages with a token say no-referrer themselves
  add("Cross-Origin-Opener-Policy", "same-origin");
  add("Cross-Origin-Resource-Policy", "same-origin");
  if (response.content_type.starts_with("text/html")) {
    add("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'" +
                                       (policy.logo_origin.empty() ? "" : " " + policy.logo_origin) +
                                       "; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                                       "frame-ancestors 'none'; object-src 'none'");
  } else {
    add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }
  if (policy.https) add("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

}  // namespace rowan::protection
