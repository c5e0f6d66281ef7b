#pragma once
// A page without what differs for each visitor, so that two can be compared.
#include "flow.hpp"

namespace rowan::flows {

/// Without this address and the tokens of its forms.
inline std::string masked(const Browser& browser, std::string_view email) {
  auto body = browser.body();
  const auto replace = [&](std::string_view what, std::string_view by) {
    for (auto at = body.find(what); at != std::string::npos; at = body.find(what, at + by.size()))
      body.replace(at, what.size(), by);
  };
  replace(email, "<email>");
  constexpr std::string_view token = "name=\"_csrf_token\" value=\"";
  for (auto at = body.find(token); at != std::string::npos; at = body.find(token, at + 1)) {
    at += token.size();
    body.replace(at, body.find('"', at) - at, "…");
  }
  return body;
}

}  // namespace rowan::flows
