#pragma once
// Answerer: a Site as a host adapter sees it. Tests of an adapter put functions of their own here.
#include <functional>
#include <rowan/engine/web/site.hpp>
#include <rowan/http/ip_address.hpp>
#include <variant>
#include <vector>

namespace rowan::hosts {

struct Answerer {
  /// The answer, or the work for a pool. Never blocks. The request must not move until the answer is made.
  std::function<std::variant<http::Response, Blocking>(const http::Request&)> begin{};
  /// The answer when the pool of the request's cost class is full.
  std::function<http::Response(const http::Request&)> overloaded{};
  /// Whether the Site answers the path. Only adapters that share their server with other handlers call it.
  std::function<bool(const http::Request&)> knows{};
  /// Adds the security headers to an answer that the adapter makes itself. Empty: the headers of a site without https
  /// are used.
  std::function<void(http::Response&)> protect{};
  /// The trusted proxies, since many clients share the address of a proxy. Read once, when the adapter starts.
  std::function<std::vector<http::IpRange>()> proxies{};
};

template <class S>
bool knows_path(const S& site, const http::Request& request) {
  if constexpr (requires { site.knows(request); }) {
    return site.knows(request);
  } else {
    return true;
  }
}

/// Adds the headers that every answer of the site has, with HSTS if one of its mounts is https.
void protect_as(const Site& site, http::Response& response);
/// The trusted proxies of all mounts.
std::vector<http::IpRange> proxies_of(const Site& site);
/// Starts the background work of every mounted Auth. An adapter does this before it answers requests; without it no
/// mail is sent, and revocations of other nodes do not arrive.
void start_auths(const Site& site);

/// Refers to the site, which must outlive it.
inline Answerer answer_from(const Site& site) {
  return {.begin = [&site](const http::Request& request) { return site.begin(request); },
          .overloaded = [&site](const http::Request& request) { return site.overloaded(request); },
          .knows = [&site](const http::Request& request) { return knows_path(site, request); },
          .protect = [&site](http::Response& response) { protect_as(site, response); },
          .proxies = [&site] { return proxies_of(site); }};
}

}  // namespace rowan::hosts
