#include <algorithm>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <rowan/base/json.hpp>
#include <rowan/base/utf8.hpp>
#include <set>

namespace rowan {

struct Json::Node {
  boost::json::value value;
};

namespace {

template <class T>
std::shared_ptr<const Json::Node> node(T&& value) {
  return std::make_shared<const Json::Node>(Json::Node{boost::json::value(std::forward<T>(value))});
}

boost::json::string_view view(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const boost::json::string& text) { return {text.data(), text.size()}; }

Error malformed(std::string reason) { return {.code = ErrorCode::malformed_request, .reason = std::move(reason)}; }

// Boost.JSON keeps the last of two equal keys. Two readers that differ on that are how checks are walked around
// (INJ-07), so a second occurrence is refused. Counts the keys the text has against those that were kept.
class CountingHandler {
 public:
  static constexpr std::size_t max_object_size = 4096;
  static constexpr std::size_t max_array_size = 4096;
  static constexpr std::size_t max_key_size = 4096;
  static constexpr std::size_t max_string_size = 1 << 20;
  using Code = boost::json::error_code;
  std::size_t keys = 0;
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(boost::json::string_view, std::size_t, Code&) { return true; }
  bool on_key(boost::json::string_view, std::size_t, Code&) {
    ++keys;
    return true;
  }
  bool on_string_part(boost::json::string_view, std::size_t, Code&) { return true; }
  bool on_string(boost::json::string_view, std::size_t, Code&) { return true; }
  bool on_number_part(boost::json::string_view, Code&) { return true; }
  bool on_int64(std::int64_t, boost::json::string_view, Code&) { return true; }
  bool on_uint64(std::uint64_t, boost::json::string_view, Code&) { return true; }
  bool on_double(double, boost::json::string_view, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(boost::json::string_view, Code&) { return true; }
  bool on_comment(boost::json::string_view, Code&) { return true; }
};

// "1e400" is read as infinity, which JSON cannot spell.
bool is_finite(const boost::json::value& value) {
  if (const auto* number = value.if_double()) return std::isfinite(*number);
  if (const auto* object = value.if_object())
    return std::all_of(object->begin(), object->end(), [](const auto& member) { return is_finite(member.value()); });
  if (const auto* array = value.if_array()) return std::all_of(array->begin(), array->end(), is_finite);
  return true;
}

std::size_t keys_kept(const boost::json::value& value) {
  std::size_t keys = 0;
  if (const auto* object = value.if_object()) {
    keys += object->size();
    for (const auto& member : *object) keys += keys_kept(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) keys += keys_kept(item);
  }
  return keys;
}

// Nothing when the text goes over a limit of the counting handler: what was not counted must not pass.
std::optional<std::size_t> keys_written(std::string_view text, std::size_t depth) {
  boost::json::parse_options options;
  options.max_depth = depth;
  boost::json::basic_parser<CountingHandler> parser(options);
  boost::json::error_code failed;
  parser.write_some(false, text.data(), text.size(), failed);
  if (failed) return std::nullopt;
  return parser.handler().keys;
}

}  // namespace

Json::Json(std::nullptr_t) : Json(rowan::node(nullptr)) {}
Json::Json(const char* text) : Json(text ? rowan::node(view(std::string_view(text))) : rowan::node(nullptr)) {}
Json::Json(std::string_view text) : Json(rowan::node(view(text))) {}
Json::Json(Tag, bool value) : Json(rowan::node(value)) {}
Json::Json(Tag, std::int64_t value) : Json(rowan::node(value)) {}
Json::Json(Tag, std::uint64_t value) : Json(rowan::node(value)) {}
Json::Json(Tag, double value) : Json(rowan::node(value)) {}
Json::Json(Tag, const std::vector<Json>& values) : Json(nullptr) {
  boost::json::array array;
  array.reserve(values.size());
  for (const auto& value : values) array.push_back(value.node().value);
  node_ = rowan::node(std::move(array));
}
Json::Json(std::initializer_list<Field> fields) : Json(nullptr) {
  boost::json::object object;
  for (const auto& field : fields) object[view(field.key)] = field.value.node().value;
  node_ = rowan::node(std::move(object));
}

Json Json::array(std::initializer_list<Json> values) { return Json(Tag{}, std::vector<Json>(values)); }

Json Json::object(const std::vector<std::pair<std::string, Json>>& fields) {
  boost::json::object object;
  for (const auto& [key, value] : fields) object[view(std::string_view(key))] = value.node().value;
  return Json(rowan::node(std::move(object)));
}

Result<Json> Json::parse(std::string_view text, Limits limits) {
  if (text.size() > limits.bytes) return Error{.code = ErrorCode::too_large, .reason = "json: over its size limit"};
  if (!is_valid_utf8(text)) return malformed("json: not UTF-8");
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  boost::json::error_code failed;
  auto value = boost::json::parse(view(text), failed, {}, options);
  if (failed) return malformed("json: " + failed.message());
  if (keys_written(text, limits.depth) != keys_kept(value))
    return malformed("json: a key occurs twice, or too many members");
  if (!is_finite(value)) return malformed("json: a number too large");
  return Json(rowan::node(std::move(value)));
}

std::string Json::text() const { return boost::json::serialize(node().value); }

Json::Kind Json::kind() const {
  switch (node().value.kind()) {
    case boost::json::kind::null: return Kind::null;
    case boost::json::kind::bool_: return Kind::boolean;
    case boost::json::kind::string: return Kind::text;
    case boost::json::kind::array: return Kind::array;
    case boost::json::kind::object: return Kind::object;
    default: return Kind::number;
  }
}

std::optional<std::string_view> Json::as_text() const {
  const auto* text = node().value.if_string();
  if (text == nullptr) return std::nullopt;
  return view(*text);
}

std::optional<bool> Json::as_boolean() const {
  const auto* value = node().value.if_bool();
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> Json::as_integer() const {
  boost::json::error_code failed;
  const auto value = node().value.to_number<std::int64_t>(failed);
  return failed ? std::nullopt : std::optional(value);
}

std::optional<Json> Json::find(std::string_view key) const {
  const auto* object = node().value.if_object();
  if (object == nullptr) return std::nullopt;
  const auto* value = object->if_contains(view(key));
  if (value == nullptr) return std::nullopt;
  return Json(std::shared_ptr<const Node>(rowan::node(*value)));
}

std::vector<std::pair<std::string, Json>> Json::fields() const {
  std::vector<std::pair<std::string, Json>> fields;
  if (const auto* object = node().value.if_object())
    for (const auto& member : *object)
      fields.emplace_back(std::string(member.key()), Json(rowan::node(member.value())));
  return fields;
}

std::vector<Json> Json::items() const {
  std::vector<Json> items;
  if (const auto* array = node().value.if_array())
    for (const auto& item : *array) items.push_back(Json(rowan::node(item)));
  return items;
}

}  // namespace rowan
