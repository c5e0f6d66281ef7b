#include <rowan/engine/web/route_tree.hpp>

namespace rowan::engine {

namespace {

// Takes "/segment" off the front. Precondition: it begins with '/'.
std::string_view take_segment(std::string_view& path) {
  const auto slash = path.find('/', 1);
  const auto segment = path.substr(1, slash == std::string_view::npos ? slash : slash - 1);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  return segment;
}

}  // namespace

void RouteTree::add(std::string_view pattern, std::size_t route) {
  auto* node = &root_;
  while (pattern.starts_with('/')) {
    const auto segment = take_segment(pattern);
    if (segment.starts_with(':')) {
      if (!node->any) node->any = std::make_unique<Node>();
      node = node->any.get();
    } else {
      node = &node->named[std::string(segment)];
    }
  }
  node->routes.push_back(route);
}

void RouteTree::find(std::string_view path, FoundRoutes& found) const { find_below(root_, path, found); }

// As deep as the longest pattern has segments, and twice at each parameter beside a name: patterns are the
// application's own.
void RouteTree::find_below(const Node& node, std::string_view path, FoundRoutes& found) {
  if (!path.starts_with('/')) {
    if (path.empty()) found.insert(found.end(), node.routes.begin(), node.routes.end());
    return;
  }
  const auto segment = take_segment(path);
  if (const auto named = node.named.find(segment); named != node.named.end()) find_below(named->second, path, found);
  if (node.any) find_below(*node.any, path, found);
}

}  // namespace rowan::engine
