#pragma once
// Not installed. What a Routes answers, as a list: made once, asked by Site and by `rowan routes`.
#include <rowan/engine/web/dispatch.hpp>
#include <rowan/engine/web/path_pattern.hpp>
#include <rowan/engine/web/routes.hpp>
#include <rowan/engine/web/site.hpp>
#include <variant>

namespace rowan::engine {

using Begun = std::variant<http::Response, Blocking>;

struct MountedRoute {
  std::vector<http::Method> methods{};
  PathPattern path;                    // below base_url's path
  std::string description{};           // of a page; a phase has its own
  const Subject* subject = nullptr;    // of a phase
  const Strategy* strategy = nullptr;  // likewise
  const Phase* phase = nullptr;        // null: a page or a file
  std::function<Begun(const Arrival&, PathParams)> begin{};
};

struct RouteTable {
  std::shared_ptr<const Addresses> addresses{};
  std::vector<MountedRoute> routes{};
};

RouteTable make_route_table(const Routes& routes);

/// What is mounted by default, before anything is: see AddressBook.
Addresses standard_addresses(const std::string& base, const std::vector<Subject>& subjects);

}  // namespace rowan::engine
