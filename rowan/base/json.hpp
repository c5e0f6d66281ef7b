#pragma once
// Json: a value to answer with, and one to read from. Braces always make an object; arrays are written explicitly.
//   conn.json({{"status", "ok"}})      conn.json({{"roles", Json::array({"admin", "editor"})}})
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <rowan/base/maybe.hpp>
#include <rowan/base/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost::json {
class value;
}

namespace rowan {

class Json;
template <class T>
concept HasToJson = requires(const T& value) {
  { to_json(value) } -> std::same_as<Json>;
};

/// An immutable JSON value (RFC 8259). Copying shares it, and so does putting it into another one. Thread-safe to read.
class Json {
 public:
  struct Field;  // {"key", value}
  struct Limits {
    std::size_t depth = 16;
    std::size_t bytes = 64 * 1024;
  };
  enum class Kind { null, boolean, number, text, array, object };

  Json(std::initializer_list<Field> object);  // also {}: no default constructor
  Json(std::nullptr_t);
  Json(const char* text);  // null pointer → null
  Json(std::string_view text);
  Json(const std::string& text) : Json(std::string_view(text)) {}
  template <std::same_as<bool> B>
  Json(B value) : Json(Tag{}, static_cast<bool>(value)) {}
  template <std::signed_integral I>
  Json(I value) : Json(Tag{}, static_cast<std::int64_t>(value)) {}
  template <std::unsigned_integral I>
    requires(!std::same_as<I, bool>)
  Json(I value) : Json(Tag{}, static_cast<std::uint64_t>(value)) {}
  template <std::floating_point F>
  Json(F value) : Json(Tag{}, static_cast<double>(value)) {}
  template <HasToJson T>  // hidden friend: Json to_json(const Token&)
  Json(const T& value) : Json(to_json(value)) {}
  template <class T>
  Json(Maybe<T> value) : Json(value ? Json(value.value()) : Json(nullptr)) {}
  template <class T>
  Json(const std::optional<T>& value) : Json(value ? Json(*value) : Json(nullptr)) {}
  template <class T>
  Json(const std::vector<T>& values) : Json(Tag{}, std::vector<Json>(values.begin(), values.end())) {}

  static Json array(std::initializer_list<Json> values);
  /// An object from pairs known only at run time; a later key of the same name wins.
  static Json object(const std::vector<std::pair<std::string, Json>>& fields);

  /// Strict: one value, no trailing bytes, no duplicate keys, valid UTF-8, bounded depth and size.
  static Result<Json> parse(std::string_view text, Limits limits);
  static Result<Json> parse(std::string_view text) { return parse(text, Limits{}); }

  std::string text() const;
  Kind kind() const;
  /// The text of a string; nullopt for anything else. The view lives as long as this value.
  std::optional<std::string_view> as_text() const;
  std::optional<bool> as_boolean() const;
  std::optional<std::int64_t> as_integer() const;
  /// A member of an object; nullopt when it is absent or when this is not an object.
  std::optional<Json> find(std::string_view key) const;
  std::vector<std::pair<std::string, Json>> fields() const {
    return fields_view();
  }  // of an object, in order; else empty
  std::vector<Json> items() const { return items_view(); }  // of an array; else empty
  /// The same without copying them. They live as long as this value or one that shares it: name it before you loop.
  const std::vector<std::pair<std::string, Json>>& fields_view() const&;
  const std::vector<Json>& items_view() const&;
  void fields_view() && = delete;
  void items_view() && = delete;

  struct Node;  // json.cpp
  const Node& node() const { return *node_; }

 private:
  struct Tag {};
  Json(Tag, bool);
  Json(Tag, std::int64_t);
  Json(Tag, std::uint64_t);
  Json(Tag, double);
  Json(Tag, std::vector<Json>);
  static Json read(const boost::json::value& value);
  explicit Json(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

struct Json::Field {
  Field(std::string_view key, Json value) : key(key), value(std::move(value)) {}
  std::string_view key;
  Json value;
};

}  // namespace rowan
