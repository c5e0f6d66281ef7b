#pragma once
#include <string_view>

namespace rowan {

/// What was asked of which strategy: {"password", "sign_in"}. Both views live as long as the Auth.
struct Activity {
  std::string_view strategy{};
  std::string_view phase{};
};

}  // namespace rowan
