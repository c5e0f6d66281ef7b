#include <fuzz/target.hpp>
#include <rowan/http/cookie.hpp>

namespace rowan::fuzz {

bool run(std::string_view input) {
  const auto found = http::find_cookie(input, "__Host-rowan");
  require(!(found.value && found.repeated));
  const std::string twice = std::string(input) + "; __Host-rowan=x";
  require(http::find_cookie(twice, "__Host-rowan").value.has_value() == (!found.value && !found.repeated));
  if (!found.value) return false;
  require(found.value->data() >= input.data() &&
          found.value->data() + found.value->size() <= input.data() + input.size());
  if (http::is_cookie("__Host-rowan", *found.value)) {
    const auto written = http::set_cookie("__Host-rowan", *found.value, {});
    require(http::find_cookie(written, "__Host-rowan").value == found.value);
    require(written.find_first_of("\r\n") == std::string::npos);
  }
  return true;
}

}  // namespace rowan::fuzz
