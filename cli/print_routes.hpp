#pragma once
// Internal. The routing table, derived from the declared strategies.
#include <rowan/engine/web/routes.hpp>

namespace rowan::cli {

std::string routes_as_text(const std::vector<RouteLine>& lines);
Json routes_as_json(const std::vector<RouteLine>& lines);

}  // namespace rowan::cli
