#pragma once
// Not installed. Which routes may answer a path, without a look at each of them.
#include <boost/container/small_vector.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rowan::engine {

using FoundRoutes = boost::container::small_vector<std::size_t, 8>;  // without allocation, nearly always

/// Patterns by their segments. Built before serving; then thread-safe.
class RouteTree {
 public:
  /// `pattern` as PathPattern has it: a segment that begins with ':' stands for any.
  void add(std::string_view pattern, std::size_t route);
  /// Appends the routes whose pattern has this path's segments, in no particular order. Parameters are not decoded, so
  /// one of them may still not match.
  void find(std::string_view path, FoundRoutes& found) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Node {
    std::unordered_map<std::string, Node, Hash, std::equal_to<>> named{};
    std::unique_ptr<Node> any{};
    std::vector<std::size_t> routes{};
  };
  static void find_below(const Node& node, std::string_view path, FoundRoutes& found);
  Node root_{};
};

}  // namespace rowan::engine
