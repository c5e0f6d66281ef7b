#pragma once
// Not installed. LocalPath: a redirect target that cannot leave the site (BRW-13).
#include <optional>
#include <string>
#include <string_view>

namespace rowan {

/// A path of this site with its query and fragment, ready for a Location field. A value; thread-safe to read.
class LocalPath {
 public:
  LocalPath() = default;  // "/"
  /// Nullopt unless every browser takes `text` for a path on the same host, also after resolving dot segments and after
  /// another program has resolved them: one '/' in front, visible ASCII without \ " < > `, whole percent escapes, 2,048
  /// bytes.
  static std::optional<LocalPath> parse(std::string_view text);

  const std::string& str() const { return text_; }

  friend bool operator==(const LocalPath&, const LocalPath&) = default;

 private:
  explicit LocalPath(std::string_view text) : text_(text) {}
  std::string text_ = "/";
};

}  // namespace rowan
