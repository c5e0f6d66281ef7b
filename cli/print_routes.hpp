#pragma once
// Internal. The routing table, derived from the declared strategies.
#include <rowan/engine/routes.hpp>

namespace rowan::cli {

struct RouteLine {
  std::string method{}, path{};
  std::string strategy{}, phase{}, description{};  // empty for pages
  std::vector<Input> inputs{};
  std::string subject{};
};

std::vector<RouteLine> list_routes(Auth& auth, const Routes* routes);
std::string routes_as_text(const std::vector<RouteLine>& lines);
Json routes_as_json(const std::vector<RouteLine>& lines);

}  // namespace rowan::cli
