#pragma once
// Answerer: a Site as a door sees it. A door's own tests put functions of their own here.
#include <functional>
#include <rowan/engine/site.hpp>
#include <variant>

namespace rowan::hosts {

struct Answerer {
  /// Never blocks: the answer, or the work for a pool. The request stays where it is until the answer is made.
  std::function<std::variant<http::Response, Blocking>(const http::Request&)> begin{};
  /// The answer when the pool of its class is full.
  std::function<http::Response(const http::Request&)> overloaded{};
  /// Whether the path is one of ours. Only doors that share their server with other handlers ask.
  std::function<bool(const http::Request&)> knows{};
};

template <class S>
bool knows_path(const S& site, const http::Request& request) {
  if constexpr (requires { site.knows(request); }) {
    return site.knows(request);
  } else {
    return true;
  }
}

/// Refers to the site.
inline Answerer answer_from(const Site& site) {
  return {.begin = [&site](const http::Request& request) { return site.begin(request); },
          .overloaded = [&site](const http::Request& request) { return site.overloaded(request); },
          .knows = [&site](const http::Request& request) { return knows_path(site, request); }};
}

}  // namespace rowan::hosts
