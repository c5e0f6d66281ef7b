#include <fuzz/fields_promises.hpp>

namespace rowan::fuzz {

bool run(std::string_view input) {
  if (const auto value = Json::parse(input)) {
    const auto again = Json::parse(value->text());  // escapes may have grown it over the limit
    require(again || again.error().code == ErrorCode::too_large);
  }
  return check_fields(http::parse_body("application/json", input));
}

}  // namespace rowan::fuzz
