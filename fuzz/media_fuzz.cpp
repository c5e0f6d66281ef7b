#include <algorithm>
#include <fuzz/target.hpp>
#include <rowan/http/media.hpp>

namespace rowan::fuzz {

bool run(std::string_view input) {
  static_cast<void>(http::accepts_json(input));  // any answer is right, a crash is not
  const auto languages = http::parse_accept_language(input);
  require(languages.size() <= 16);
  require(std::is_sorted(languages.begin(), languages.end(),
                         [](const auto& a, const auto& b) { return a.quality > b.quality; }));
  for (const auto& range : languages) require(range.quality > 0 && range.quality <= 1000 && range.tag.size() <= 35);
  const auto type = http::parse_media_type(input);
  if (!type) return false;
  require(std::count(type->name.begin(), type->name.end(), '/') == 1);
  for (const auto& parameter : type->parameters) require(type->parameter(parameter.name) == parameter.value);
  return true;
}

}  // namespace rowan::fuzz
