#include <algorithm>
#include <cli/duration.hpp>
#include <cli/option.hpp>

namespace rowan::cli {

namespace {

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
std::string toml_text(std::string_view text) {
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
  std::string operator()(const std::string& text) const { return toml_text(text); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(std::chrono::seconds duration) const { return toml_text(duration_text(duration)); }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string out = "[";
    for (const auto& item : list) out += (out.size() > 1 ? ", " : "") + toml_text(item);
    return out + "]";
  }
};

}  // namespace

std::optional<SettingValue> accepted(const Setting& setting, SettingValue value) {
  const auto* text = std::get_if<std::string>(&value);
  switch (setting.kind) {
    case Option::Kind::text:
      if (text != nullptr) return value;
      break;
    case Option::Kind::boolean:
      if (std::holds_alternative<bool>(value)) return value;
      break;
    case Option::Kind::list:
      if (text != nullptr) return SettingValue(std::vector{*text});
      if (std::holds_alternative<std::vector<std::string>>(value)) return value;
      break;
    case Option::Kind::number:
      if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr && *number >= 0) return value;
      break;
    case Option::Kind::duration:
      if (text == nullptr) break;
      if (const auto duration = parse_duration(*text)) return SettingValue(*duration);
      break;
    case Option::Kind::choice:
      if (text != nullptr && std::ranges::find(setting.choices, *text) != setting.choices.end()) return value;
      break;
  }
  return std::nullopt;
}

std::optional<SettingValue> accepted_text(const Setting& setting, std::string_view text) {
  if (setting.kind == Option::Kind::list) return SettingValue(split(text));
  if (setting.kind == Option::Kind::boolean && (text == "true" || text == "false")) return SettingValue(text == "true");
  if (setting.kind == Option::Kind::number) {
    const auto number = parse_number(text);
    return number ? std::optional(SettingValue(*number)) : std::nullopt;
  }
  return accepted(setting, SettingValue(std::string(text)));
}

std::string expected(const Setting& setting) {
  switch (setting.kind) {
    case Option::Kind::text: return "text in quotes";
    case Option::Kind::boolean: return "true or false";
    case Option::Kind::list: return R"(a list such as ["…", "…"])";
    case Option::Kind::number: return "a whole number without quotes";
    case Option::Kind::duration: return R"(a time such as "90s", "10m", "1h" or "3d")";
    case Option::Kind::choice: break;
  }
  std::string words;
  for (std::size_t i = 0; i < setting.choices.size(); ++i)
    words += (i == 0 ? "" : i + 1 < setting.choices.size() ? ", " : " or ") + toml_text(setting.choices[i]);
  return words;
}

std::string as_toml(const SettingValue& value) { return std::visit(Written{}, value); }

}  // namespace rowan::cli
