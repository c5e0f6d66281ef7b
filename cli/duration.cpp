#include <algorithm>
#include <array>
#include <charconv>
#include <cli/duration.hpp>
#include <cstdint>

namespace rowan::cli {

namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
};
constexpr std::array units{Unit{'d', 86400}, Unit{'h', 3600}, Unit{'m', 60}, Unit{'s', 1}};

}  // namespace

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text.front() == '-' || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  constexpr std::size_t longest = 7;  // 999,999 days: far from any overflow
  if (text.size() < 2 || text.size() > longest) return std::nullopt;
  const auto* unit = std::ranges::find(units, text.back(), &Unit::letter);
  const auto number = parse_number(text.substr(0, text.size() - 1));
  if (unit == units.end() || !number) return std::nullopt;
  return std::chrono::seconds(*number * unit->seconds);
}

}  // namespace rowan::cli
