#include <rowan/engine/parts/option.hpp>

namespace rowan {

namespace {

std::optional<std::int64_t> as_number(const OptionValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* duration = std::get_if<std::chrono::seconds>(&value)) return duration->count();
  return std::nullopt;
}

std::string shown(const Option& option, std::int64_t number) {
  return option.kind == Option::Kind::duration ? duration_text(std::chrono::seconds(number)) : std::to_string(number);
}

std::string limits_of(const Option& option) {
  const auto& [least, most, because] = option.bounds;
  const auto why = because.empty() ? "" : " (" + because + ")";
  if (least && most) return "must be between " + shown(option, *least) + " and " + shown(option, *most) + why;
  if (least) return "must be at least " + shown(option, *least) + why;
  return "must be at most " + shown(option, *most) + why;
}

}  // namespace

std::vector<std::string> problems_of(const OptionSet& set) {
  std::vector<std::string> problems;
  for (const auto& option : set.options) {
    if (option.sentence.empty()) problems.push_back(option.name + ": has no description; declare it with a sentence");
    const auto value = as_number(option.get(set.values));
    if (!value) continue;
    if ((option.bounds.at_least && *value < *option.bounds.at_least) ||
        (option.bounds.at_most && *value > *option.bounds.at_most))
      problems.push_back(option.name + ": " + limits_of(option));
  }
  return problems;
}

std::string duration_text(std::chrono::seconds duration) {
  struct Unit {
    char letter;
    std::int64_t seconds;
  };
  for (const auto& unit : {Unit{'d', 86400}, Unit{'h', 3600}, Unit{'m', 60}, Unit{'s', 1}})
    if (duration.count() != 0 && duration.count() % unit.seconds == 0)
      return std::to_string(duration.count() / unit.seconds) + unit.letter;
  return "0s";
}

}  // namespace rowan
