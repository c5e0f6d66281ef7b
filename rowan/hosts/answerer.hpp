#pragma once
// Answerer: a Site as a door sees it. A door's own tests put functions of their own here.
#include <functional>
#include <rowan/engine/site.hpp>
#include <rowan/http/ip_address.hpp>
#include <variant>
#include <vector>

namespace rowan::hosts {

struct Answerer {
  /// Never blocks: the answer, or the work for a pool. The request stays where it is until the answer is made.
  std::function<std::variant<http::Response, Blocking>(const http::Request&)> begin{};
  /// The answer when the pool of its class is full.
  std::function<http::Response(const http::Request&)> overloaded{};
  /// Whether the path is one of ours. Only doors that share their server with other handlers ask.
  std::function<bool(const http::Request&)> knows{};
  /// Puts the headers of every page on an answer that the door makes itself. Not given: those of a site that is not
  /// https.
  std::function<void(http::Response&)> protect{};
  /// Where many clients come from one address: trusted proxies. Asked when the door opens.
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

/// Fills in the headers that every answer of the site has: HSTS when one of its mounts is https.
void protect_as(const Site& site, http::Response& response);
/// The trusted proxies of all mounts.
std::vector<http::IpRange> proxies_of(const Site& site);
/// Starts the background's work of every Auth that is mounted. A door does so before it answers: without it no mail
/// leaves, and no revocation of another node arrives.
void start_auths(const Site& site);

/// Refers to the site.
inline Answerer answer_from(const Site& site) {
  return {.begin = [&site](const http::Request& request) { return site.begin(request); },
          .overloaded = [&site](const http::Request& request) { return site.overloaded(request); },
          .knows = [&site](const http::Request& request) { return knows_path(site, request); },
          .protect = [&site](http::Response& response) { protect_as(site, response); },
          .proxies = [&site] { return proxies_of(site); }};
}

}  // namespace rowan::hosts
