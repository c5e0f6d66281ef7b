#pragma once
// Not installed.
#include <optional>
#include <string>
#include <string_view>

namespace rowan::engine {

/// "https://id.example:8443/app": what links, cookies and origin checks are made of.
struct BaseUrl {
  std::string text{};    // without a trailing slash
  std::string origin{};  // "https://id.example:8443", as browsers send it
  std::string path{};    // "/app" or ""
  bool https = false;
  bool loopback = false;
  static std::optional<BaseUrl> parse(std::string_view text);
};

}  // namespace rowan::engine
