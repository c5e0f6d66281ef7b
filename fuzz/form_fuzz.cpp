#include <fuzz/fields_promises.hpp>

namespace rowan::fuzz {

bool run(std::string_view input) { return check_fields(http::parse_body("application/x-www-form-urlencoded", input)); }

}  // namespace rowan::fuzz
