#pragma once
// Not installed. Fields: the names and values of a body or a query, the same for every format. Parsed by body.hpp.
#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <rowan/base/json.hpp>
#include <rowan/base/result.hpp>
#include <span>
#include <string>
#include <string_view>

namespace rowan::http {

/// Going over one fails with too_large.
struct BodyLimits {
  std::size_t body_bytes = 64 * 1024;
  std::size_t fields = 64;
  std::size_t name_bytes = 128;  // of the whole name, "user[email]"
  std::size_t value_bytes = 8 * 1024;
  std::size_t json_depth = 16;
};

/// An immutable list of named values, each name once. A name is a path of one to three parts: `user[email]` in a form
/// and {"user":{"email":…}} in JSON are both {"user","email"}. Every text is valid UTF-8 without NUL. Thread-safe to
/// read.
class Fields {
 public:
  static constexpr std::size_t max_levels = 3;
  using Path = std::initializer_list<std::string_view>;

  Fields() = default;

  /// The value as text: a string as it is, true and false as words, an integer in digits. Nullopt when it is absent,
  /// null, an object, an array or a fraction. The view lives as long as this object.
  std::optional<std::string_view> find(std::span<const std::string_view> path) const;
  std::optional<std::string_view> find(Path path) const { return find(std::span(path.begin(), path.size())); }

  /// The value as JSON. A JSON body gives any value, also objects and arrays, at any depth; a form gives its text as a
  /// JSON string. Nullopt when it is absent or null.
  std::optional<Json> json(std::span<const std::string_view> path) const;
  std::optional<Json> json(Path path) const { return json(std::span(path.begin(), path.size())); }

  /// Every text by its name as a form spells it, "user[email]". JSON names that contain brackets themselves are left
  /// out.
  std::map<std::string, std::string, std::less<>> spelled() const;

  /// How many have a text.
  std::size_t size() const { return texts_.size(); }
  bool empty() const { return texts_.empty() && !root_; }

  /// Makes Fields from a JSON object. Members that are null are treated as absent, but count towards the limit.
  static Result<Fields> from_json(Json object, const BodyLimits& limits);

 private:
  friend class FieldCollector;
  std::map<std::string, std::string, std::less<>> texts_{};  // by path_key
  std::optional<Json> root_{};                               // of a JSON body
};

/// Builds Fields from the pairs of a form. Every add checks names, UTF-8, limits and repetition (INJ-07).
class FieldCollector {
 public:
  explicit FieldCollector(const BodyLimits& limits) : limits_(limits) {}
  /// `name` as a form spells it, decoded: `email`, `user[email]`, `user[address][city]`. Fails with malformed_request
  /// or too_large.
  Result<> add(std::string_view name, std::string value);
  /// Fails when a name is both a value and a group (`user` and `user[email]`).
  Result<Fields> finish() &&;

 private:
  const BodyLimits& limits_;
  Fields fields_{};
};

}  // namespace rowan::http
