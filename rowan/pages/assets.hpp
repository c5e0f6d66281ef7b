#pragma once
// Not installed. Assets: style sheet, script and pictures, each under an address that changes with its bytes, so that
// browsers may keep it for ever.
#include <optional>
#include <rowan/base/embedded.hpp>
#include <rowan/pages/pages.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::pages {

/// Immutable after construction; thread-safe.
class Assets {
 public:
  /// A file's name is the last part of its path. `theme` is appended to rowan.css. Two files of one name are a problem.
  Assets(std::span<const EmbeddedFile> files, std::string_view theme, std::vector<std::string>& problems);
  std::string path(std::string_view name) const;
  std::optional<Asset> find(std::string_view hash, std::string_view name) const;

 private:
  struct Stored {
    std::string name{}, hash{}, etag{}, bytes{};
    std::string_view content_type{};
  };
  const Stored* named(std::string_view name) const;
  std::vector<Stored> stored_{};  // a handful
};

}  // namespace rowan::pages
