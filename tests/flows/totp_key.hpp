#pragma once
// The key that people type into an authenticator app.
#include "flow.hpp"

namespace rowan::flows {

/// On the page of a set-up.
inline std::string key_on(const Browser& browser) {
  const std::string begin = "<code class=\"key\">";
  const auto at = browser.body().find(begin);
  EXPECT_NE(at, std::string::npos) << browser.body();
  if (at == std::string::npos) return {};
  const auto from = at + begin.size();
  return browser.body().substr(from, browser.body().find('<', from) - from);
}

}  // namespace rowan::flows
