#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <rowan/base/json.hpp>
#include <rowan/base/utf8.hpp>
#include <unordered_map>
#include <variant>

namespace rowan {

using Fields = std::vector<std::pair<std::string, Json>>;
using Items = std::vector<Json>;

// A tree of shared nodes: putting a value into another copies nothing of it.
struct Json::Node {
  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Items, Fields> value;
};

namespace {

template <class T>
std::shared_ptr<const Json::Node> node(T&& value) {
  return std::make_shared<const Json::Node>(Json::Node{std::forward<T>(value)});
}

// Most objects have few members, for which looking at each is quickest.
constexpr std::size_t few = 32;

template <class Given>
Fields without_repeated_keys(const Given& given) {
  Fields fields;
  fields.reserve(given.size());
  std::unordered_map<std::string_view, std::size_t> places;
  const auto place_of = [&](std::string_view key) {
    if (given.size() > few) return places.try_emplace(key, fields.size()).first->second;
    return static_cast<std::size_t>(std::ranges::find(fields, key, &Fields::value_type::first) - fields.begin());
  };
  for (const auto& field : given) {
    const auto& [key, value] = field;
    const auto place = place_of(key);
    if (place < fields.size())
      fields[place].second = value;
    else
      fields.emplace_back(std::string(key), value);
  }
  return fields;
}

boost::json::string_view view(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(boost::json::string_view text) { return {text.data(), text.size()}; }

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

Json::Json(std::nullptr_t)
    : node_([] {
        static const auto null = rowan::node(nullptr);
        return null;
      }()) {}
Json::Json(const char* text) : Json(text ? Json(std::string_view(text)) : Json(nullptr)) {}
Json::Json(std::string_view text) : Json(rowan::node(std::string(text))) {}
Json::Json(Tag, bool value) : Json(rowan::node(value)) {}
Json::Json(Tag, std::int64_t value) : Json(rowan::node(value)) {}
Json::Json(Tag, std::uint64_t value) : Json(rowan::node(value)) {}
Json::Json(Tag, double value) : Json(rowan::node(value)) {}
Json::Json(Tag, Items values) : Json(rowan::node(std::move(values))) {}
Json::Json(std::initializer_list<Field> fields) : Json(rowan::node(without_repeated_keys(fields))) {}

Json Json::array(std::initializer_list<Json> values) { return Json(Tag{}, Items(values)); }

Json Json::object(const Fields& fields) { return Json(rowan::node(without_repeated_keys(fields))); }

// No deeper than the parser went.
Json Json::read(const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return nullptr;
    case boost::json::kind::bool_: return value.get_bool();
    case boost::json::kind::int64: return value.get_int64();
    case boost::json::kind::uint64: return value.get_uint64();
    case boost::json::kind::double_: return value.get_double();
    case boost::json::kind::string: return Json(view(boost::json::string_view(value.get_string())));
    case boost::json::kind::array: {
      Items items;
      items.reserve(value.get_array().size());
      for (const auto& item : value.get_array()) items.push_back(read(item));
      return Json(Tag{}, std::move(items));
    }
    case boost::json::kind::object: {
      Fields fields;
      fields.reserve(value.get_object().size());
      for (const auto& member : value.get_object()) fields.emplace_back(view(member.key()), read(member.value()));
      return Json(rowan::node(std::move(fields)));
    }
  }
  return nullptr;
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
  return read(value);
}

namespace {

// RFC 8259 section 7: what must be escaped, with the short forms.
void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // where what is written as it is begins
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    out += '\\';
    switch (c) {
      case '"':
      case '\\': out += static_cast<char>(c); break;
      case '\b': out += 'b'; break;
      case '\f': out += 'f'; break;
      case '\n': out += 'n'; break;
      case '\r': out += 'r'; break;
      case '\t': out += 't'; break;
      default: out.append("u00").append({digits[c >> 4], digits[c & 15]});
    }
  }
  out.append(text, plain);
  out += '"';
}

void append(std::string& out, const Json& json);

struct Writer {
  std::string& out;
  void operator()(std::nullptr_t) const { out += "null"; }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { out += std::to_string(value); }
  void operator()(std::uint64_t value) const { out += std::to_string(value); }
  void operator()(double value) const { out += boost::json::serialize(boost::json::value(value)); }
  void operator()(const std::string& text) const { append_string(out, text); }
  void operator()(const Items& items) const {
    out += '[';
    for (const auto& item : items) {
      if (&item != &items.front()) out += ',';
      append(out, item);
    }
    out += ']';
  }
  void operator()(const Fields& fields) const {
    out += '{';
    for (const auto& field : fields) {
      if (&field != &fields.front()) out += ',';
      append_string(out, field.first);
      out += ':';
      append(out, field.second);
    }
    out += '}';
  }
};

void append(std::string& out, const Json& json) { std::visit(Writer{out}, json.node().value); }

}  // namespace

std::string Json::text() const {
  std::string out;
  append(out, *this);
  return out;
}

Json::Kind Json::kind() const {
  constexpr std::array kinds{Kind::null,   Kind::boolean, Kind::number, Kind::number,
                             Kind::number, Kind::text,    Kind::array,  Kind::object};
  return kinds[node().value.index()];
}

std::optional<std::string_view> Json::as_text() const {
  const auto* text = std::get_if<std::string>(&node().value);
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

std::optional<bool> Json::as_boolean() const {
  const auto* value = std::get_if<bool>(&node().value);
  return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> Json::as_integer() const {
  const auto& value = node().value;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* number = std::get_if<std::uint64_t>(&value))
    return std::in_range<std::int64_t>(*number) ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
  if (const auto* number = std::get_if<double>(&value))
    // 2^63 itself does not fit; every double between is a whole number or is refused.
    if (*number >= -0x1p63 && *number < 0x1p63 && std::trunc(*number) == *number)
      return static_cast<std::int64_t>(*number);
  return std::nullopt;
}

std::optional<Json> Json::find(std::string_view key) const {
  const auto& all = fields_view();
  const auto found = std::ranges::find(all, key, &Fields::value_type::first);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

const Fields& Json::fields_view() const& {
  static const Fields none;
  const auto* fields = std::get_if<Fields>(&node().value);
  return fields ? *fields : none;
}

const Items& Json::items_view() const& {
  static const Items none;
  const auto* items = std::get_if<Items>(&node().value);
  return items ? *items : none;
}

}  // namespace rowan
