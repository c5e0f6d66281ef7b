#pragma once
// Not installed. Where the pages of one `Routes` are, so that they can point at each other. Full paths, base_url's path
// included; empty: not mounted.
#include <rowan/engine/controller.hpp>
#include <string>

namespace rowan::engine {

struct Links {
  std::string web_mount{}, api_mount{};
  std::string sign_in{}, register_{}, reset{}, sign_out{}, account{};
  Controller* web = nullptr;
};

}  // namespace rowan::engine
