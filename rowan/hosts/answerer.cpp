#include <algorithm>
#include <rowan/engine/core.hpp>
#include <rowan/hosts/answerer.hpp>
#include <rowan/protection/security_headers.hpp>

namespace rowan::hosts {

void protect_as(const Site& site, http::Response& response) {
  const bool https = std::ranges::any_of(
      site.mounts(), [](const Routes& routes) { return engine::core_of(std::as_const(routes.auth())).base.https; });
  protection::add_security_headers(response, {.https = https, .logo_origin = {}});
}

std::vector<http::IpRange> proxies_of(const Site& site) {
  std::vector<http::IpRange> all;
  for (const auto& routes : site.mounts()) {
    const auto& more = engine::core_of(routes.auth()).trusted_proxies;
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

void start_auths(const Site& site) {
  for (const auto& routes : site.mounts()) routes.auth().start();
}

}  // namespace rowan::hosts
