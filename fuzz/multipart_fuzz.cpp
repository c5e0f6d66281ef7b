#include <fuzz/fields_promises.hpp>

namespace rowan::fuzz {

// The first line is the Content-Type, the rest is the body.
bool run(std::string_view input) {
  const auto line = input.find('\n');
  const auto rest = line == std::string_view::npos ? std::string_view() : input.substr(line + 1);
  static_cast<void>(check_fields(http::parse_multipart("x", input, {})));  // only the fixed boundary's crashes count
  return check_fields(http::parse_body(input.substr(0, line), rest));
}

}  // namespace rowan::fuzz
