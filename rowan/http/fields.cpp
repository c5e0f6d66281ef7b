#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/http/fields.hpp>
#include <vector>

namespace rowan::http {

namespace {

Error no_fields(std::string reason) {
  return {.code = ErrorCode::malformed_request, .reason = "fields: " + std::move(reason)};
}
Error too_large(std::string reason) { return {.code = ErrorCode::too_large, .reason = "fields: " + std::move(reason)}; }

// No name holds a control character, so U+001F parts them, and sorts "user", "user␟email" before "user2".
constexpr char separator = '\x1F';

std::string path_key(std::span<const std::string_view> path) {
  std::string key;
  for (const auto part : path) {
    if (!key.empty()) key += separator;
    key += part;
  }
  return key;
}

bool is_part(std::string_view part) { return !part.empty() && part.find_first_of("[]") == std::string_view::npos; }

// "user[address][city]" → {"user", "address", "city"}
std::optional<std::vector<std::string_view>> split_name(std::string_view name) {
  std::vector<std::string_view> parts;
  const auto bracket = name.find('[');
  parts.push_back(name.substr(0, bracket));
  if (!is_part(parts.back())) return std::nullopt;
  name.remove_prefix(parts.back().size());
  while (!name.empty()) {
    const auto end = name.find(']');
    if (name.front() != '[' || end == std::string_view::npos || parts.size() == Fields::max_levels) return std::nullopt;
    parts.push_back(name.substr(1, end - 1));
    if (!is_part(parts.back())) return std::nullopt;
    name.remove_prefix(end + 1);
  }
  return parts;
}

Result<> check_name(std::string_view name, const BodyLimits& limits) {
  if (name.size() > limits.name_bytes) return too_large("a name is too long");
  if (name.empty() || !is_storable_text(name) || has_control_characters(name)) return no_fields("a broken name");
  return {};
}

Result<> check_value(std::string_view value, const BodyLimits& limits) {
  if (value.size() > limits.value_bytes) return too_large("a value is too long");
  if (!is_storable_text(value)) return no_fields("a value is not UTF-8 or holds NUL");
  return {};
}

std::optional<std::string> text_of(const Json& value) {
  if (const auto text = value.as_text()) return std::string(*text);
  if (const auto boolean = value.as_boolean()) return *boolean ? "true" : "false";
  const auto integer = value.kind() == Json::Kind::number ? value.as_integer() : std::nullopt;
  return integer ? std::optional(std::to_string(*integer)) : std::nullopt;
}

// PostgreSQL's text holds no NUL, and JSON can spell one: nowhere in the whole value, also not where only json()
// reaches.
bool has_nul(const Json& value) {
  if (const auto text = value.as_text()) return text->contains('\0');
  const auto& fields = value.fields_view();
  const auto& items = value.items_view();
  return std::any_of(fields.begin(), fields.end(),
                     [](const auto& f) { return f.first.contains('\0') || has_nul(f.second); }) ||
         std::any_of(items.begin(), items.end(), has_nul);
}

class JsonFlattener {
 public:
  JsonFlattener(const BodyLimits& limits, std::map<std::string, std::string, std::less<>>& texts)
      : limits_(limits), texts_(texts) {}

  Result<> flatten(const Json& object, const std::string& prefix, std::size_t level) {
    for (auto& [name, value] : object.fields()) {
      if (++count_ > limits_.fields) return too_large("too many");
      ROWAN_CHECK(check_name(name, limits_));
      const std::string key = prefix.empty() ? name : prefix + separator + name;
      if (auto text = text_of(value)) {
        ROWAN_CHECK(check_value(*text, limits_));
        texts_.emplace(key, *std::move(text));
      } else if (value.kind() == Json::Kind::object && level < Fields::max_levels) {
        ROWAN_CHECK(flatten(value, key, level + 1));
      }
    }
    return {};
  }

 private:
  const BodyLimits& limits_;
  std::map<std::string, std::string, std::less<>>& texts_;
  std::size_t count_ = 0;
};

}  // namespace

std::optional<std::string_view> Fields::find(std::span<const std::string_view> path) const {
  const auto found = texts_.find(path_key(path));
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::optional<Json> Fields::json(std::span<const std::string_view> path) const {
  if (!root_) {
    const auto text = find(path);
    return text ? std::optional(Json(*text)) : std::nullopt;
  }
  std::optional<Json> at = root_;
  for (const auto part : path) {
    at = at->find(part);
    if (!at) return std::nullopt;
  }
  if (at->kind() == Json::Kind::null) return std::nullopt;
  return at;
}

std::map<std::string, std::string, std::less<>> Fields::spelled() const {
  std::map<std::string, std::string, std::less<>> all;
  for (const auto& [key, value] : texts_) {
    if (!is_part(key)) continue;  // of JSON, whose names may have brackets of their own: it could pass for another
    std::string name;
    for (const char c : key) {
      if (c == separator)
        name += name.contains('[') ? "][" : "[";
      else
        name += c;
    }
    if (name.contains('[')) name += ']';
    all.emplace(std::move(name), value);
  }
  return all;
}

Result<Fields> Fields::from_json(Json object, const BodyLimits& limits) {
  if (object.kind() != Json::Kind::object) return no_fields("JSON, but not an object");
  if (has_nul(object)) return no_fields("a value holds NUL");
  Fields fields;
  ROWAN_CHECK(JsonFlattener(limits, fields.texts_).flatten(object, "", 1));
  fields.root_ = std::move(object);
  return fields;
}

Result<> FieldCollector::add(std::string_view name, std::string value) {
  if (fields_.texts_.size() == limits_.fields) return too_large("too many");
  ROWAN_CHECK(check_name(name, limits_));
  ROWAN_CHECK(check_value(value, limits_));
  const auto parts = split_name(name);
  if (!parts) return no_fields("a broken name");
  if (!fields_.texts_.emplace(path_key(*parts), std::move(value)).second) return no_fields("a name occurs twice");
  return {};
}

Result<Fields> FieldCollector::finish() && {
  const auto opens_a_group = [](const auto& value, const auto& next) {
    return next.first.starts_with(value.first) && next.first[value.first.size()] == separator;
  };
  const auto& texts = fields_.texts_;
  if (std::adjacent_find(texts.begin(), texts.end(), opens_a_group) != texts.end())
    return no_fields("a name is both a value and a group");
  return std::move(fields_);
}

}  // namespace rowan::http
