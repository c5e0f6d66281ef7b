#pragma once
// Not installed. "/password-reset/:token" against a path.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::engine {

class PathPattern {
 public:
  explicit PathPattern(std::string_view text);
  /// The parameters, decoded; nullopt when the path is another one.
  std::optional<std::map<std::string, std::string, std::less<>>> match(std::string_view path) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::vector<std::string> segments_{};
  bool plain_ = true;  // no parameter: compared as it is
};

}  // namespace rowan::engine
