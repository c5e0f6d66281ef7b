#include <algorithm>
#include <optional>
#include <rowan/http/message.hpp>
#include <rowan/http/token.hpp>
#include <rowan/pages/choose_language.hpp>
#include <vector>

namespace rowan::pages {

namespace {

constexpr std::size_t longest_tag = 35;  // RFC 4646 section 4.3.1: enough for every registered tag
constexpr std::size_t most_ranges = 32;

struct Range {
  std::string_view tag{};
  int quality = 1000;  // thousandths
};

// RFC 9110 section 12.4.2: qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ). Anything else counts as 0.
int quality_of(std::string_view parameter) {
  parameter = http::without_outer_whitespace(parameter);
  if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') return 0;
  const auto value = parameter.substr(2);
  if (value.size() > 5 || (value[0] != '0' && value[0] != '1') || (value.size() > 1 && value[1] != '.')) return 0;
  int thousandths = value[0] == '1' ? 1000 : 0;
  int unit = 100;
  for (std::size_t i = 2; i < value.size(); ++i, unit /= 10) {
    if (value[i] < '0' || value[i] > '9') return 0;
    thousandths += (value[i] - '0') * unit;
  }
  return std::min(thousandths, 1000);
}

std::vector<Range> ranges_of(std::string_view header) {
  std::vector<Range> ranges;
  while (!header.empty() && ranges.size() < most_ranges) {
    const auto comma = header.find(',');
    const auto item = http::without_outer_whitespace(header.substr(0, comma));
    const auto semicolon = item.find(';');
    Range range{.tag = http::without_outer_whitespace(item.substr(0, semicolon))};
    if (semicolon != std::string_view::npos) range.quality = quality_of(item.substr(semicolon + 1));
    if (range.quality > 0) ranges.push_back(range);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
  }
  std::ranges::stable_sort(ranges, std::ranges::greater(), &Range::quality);
  return ranges;
}

// RFC 4647 section 3.4: cut the range from its end until something matches; a single letter goes with the subtag behind
// it.
std::optional<std::string> look_up(std::span<const std::string> ours, std::string_view range) {
  if (range.size() > longest_tag) return std::nullopt;
  std::string tag(range);
  std::ranges::replace(tag, '_', '-');
  while (!tag.empty()) {
    for (const auto& language : ours)
      if (http::equal_without_case(language, tag)) return language;
    const auto cut = tag.find_last_of('-');
    tag.resize(cut == std::string::npos ? 0 : cut);
    if (tag.size() >= 2 && tag[tag.size() - 2] == '-') tag.resize(tag.size() - 2);
  }
  return std::nullopt;
}

}  // namespace

std::string choose_language(std::span<const std::string> ours, std::span<const std::string_view> wishes,
                            std::string_view accept_language, std::string_view otherwise) {
  for (const auto wish : wishes)
    if (auto found = look_up(ours, wish)) return *found;
  for (const auto& range : ranges_of(accept_language))
    if (auto found = look_up(ours, range.tag)) return *found;
  return std::string(otherwise);
}

}  // namespace rowan::pages
