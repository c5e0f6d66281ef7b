#pragma once
// Not installed. What protects a form: where it came from (Origin, Sec-Fetch-Site) and a token bound to the browser's
// secret (BRW-09).
#include <rowan/base/random.hpp>
#include <rowan/base/result.hpp>
#include <rowan/http/message.hpp>
#include <span>
#include <string>
#include <string_view>

namespace rowan::protection {

/// The token a page carries: the secret under a fresh mask, so that no two pages show the same bytes (BREACH).
std::string form_token(std::span<const std::byte, 16> secret, Random& random);
bool form_token_matches(std::string_view token, std::span<const std::byte, 16> secret);

/// `forbidden` when the browser says that another site sent this. `origin` is base_url's: "https://notes.example".
/// `allowed`: other origins of the same application, as browsers send them. A program, which sends neither header, goes
/// on.
Result<> check_origin(const http::Request& request, std::string_view origin, std::span<const std::string> allowed = {});

}  // namespace rowan::protection
