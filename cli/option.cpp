#include <algorithm>
#include <array>
#include <charconv>
#include <cli/option.hpp>

namespace rowan::cli {

namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
};
constexpr std::array units{Unit{'d', 86400}, Unit{'h', 3600}, Unit{'m', 60}, Unit{'s', 1}};

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text.front() == '-' || error != std::errc() || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = text.find(',');
    auto part = text.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return parts;
}

// TOML's basic string (TOML 1.0 "String").
std::string quoted(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (byte < 0x20 || byte == 0x7f)
      ((out += "\\u00") += digits[byte >> 4]) += digits[byte & 15];
    else
      out += c;
  }
  return out += '"';
}

struct Written {
  std::string operator()(const std::string& text) const { return quoted(text); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(std::chrono::seconds duration) const { return quoted(duration_text(duration)); }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string out = "[";
    for (const auto& item : list) out += (out.size() > 1 ? ", " : "") + quoted(item);
    return out + "]";
  }
};

}  // namespace

std::optional<SettingValue> accepted(const Option& option, SettingValue value) {
  const auto* text = std::get_if<std::string>(&value);
  switch (option.kind) {
    case SettingKind::text:
      if (text != nullptr) return value;
      break;
    case SettingKind::boolean:
      if (std::holds_alternative<bool>(value)) return value;
      break;
    case SettingKind::list:
      if (text != nullptr) return SettingValue(std::vector{*text});
      if (std::holds_alternative<std::vector<std::string>>(value)) return value;
      break;
    case SettingKind::number:
      if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr && *number >= 0) return value;
      break;
    case SettingKind::duration:
      if (text == nullptr) break;
      if (const auto duration = parse_duration(*text)) return SettingValue(*duration);
      break;
    case SettingKind::choice:
      if (text != nullptr && std::ranges::find(option.choices, *text) != option.choices.end()) return value;
      break;
  }
  return std::nullopt;
}

std::optional<SettingValue> accepted_text(const Option& option, std::string_view text) {
  if (option.kind == SettingKind::list) return SettingValue(split(text));
  if (option.kind == SettingKind::boolean && (text == "true" || text == "false")) return SettingValue(text == "true");
  if (option.kind == SettingKind::number) {
    const auto number = parse_number(text);
    return number ? std::optional(SettingValue(*number)) : std::nullopt;
  }
  return accepted(option, SettingValue(std::string(text)));
}

std::string expected(const Option& option) {
  switch (option.kind) {
    case SettingKind::text: return "text in quotes";
    case SettingKind::boolean: return "true or false";
    case SettingKind::list: return R"(a list such as ["…", "…"])";
    case SettingKind::number: return "a whole number without quotes";
    case SettingKind::duration: return R"(a time such as "90s", "10m", "1h" or "3d")";
    case SettingKind::choice: break;
  }
  std::string words;
  for (std::size_t i = 0; i < option.choices.size(); ++i)
    words += (i == 0 ? "" : i + 1 < option.choices.size() ? ", " : " or ") + quoted(option.choices[i]);
  return words;
}

std::string as_toml(const SettingValue& value) { return std::visit(Written{}, value); }

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  constexpr std::size_t longest = 7;  // 999,999 days: far from any overflow
  if (text.size() < 2 || text.size() > longest) return std::nullopt;
  const auto* unit = std::ranges::find(units, text.back(), &Unit::letter);
  const auto number = parse_number(text.substr(0, text.size() - 1));
  if (unit == units.end() || !number) return std::nullopt;
  return std::chrono::seconds(*number * unit->seconds);
}

std::string duration_text(std::chrono::seconds duration) {
  for (const auto& unit : units)
    if (duration.count() != 0 && duration.count() % unit.seconds == 0)
      return std::to_string(duration.count() / unit.seconds) + unit.letter;
  return "0s";
}

}  // namespace rowan::cli
