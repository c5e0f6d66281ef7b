#pragma once
#include <string_view>

namespace rowan {

/// A strategy and one of its phases: {"password", "sign_in"}. Both views live as long as the Auth.
struct Activity {
  std::string_view strategy{};
  std::string_view phase{};
};

}  // namespace rowan
