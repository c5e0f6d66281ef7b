#include <fuzz/fields_promises.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/http/url.hpp>

namespace rowan::fuzz {

bool run(std::string_view input) {
  require(http::percent_decode(http::percent_encode(input)) == input);
  require(http::form_decode(http::percent_encode(input)) == input);
  if (const auto segment = http::decode_path_segment(input)) {
    require(is_valid_utf8(*segment) && !segment->contains('/') && !segment->contains('\0'));
    require(http::decode_path_segment(http::percent_encode(*segment)) == segment);
  }
  return check_fields(http::parse_query(input));
}

}  // namespace rowan::fuzz
