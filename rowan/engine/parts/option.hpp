#pragma once
// Options of rooms, declared once beside their struct. The program's file, `config --print`, the table in the room's
// README and the checks at start-up are derived from these declarations.
#include <any>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace rowan {

/// A value as it is written in a file, a flag or a document.
using OptionValue = std::variant<std::string, bool, std::vector<std::string>, std::int64_t, std::chrono::seconds>;

/// The least and the greatest value of an option, both included; durations in seconds.
struct Bounds {
  std::optional<std::int64_t> at_least{}, at_most{};
  std::string because{};  // the source of the bounds, shown with the error: "NIST SP 800-63B-4"
};
inline Bounds between(std::int64_t least, std::int64_t most, std::string because = {}) {
  return {.at_least = least, .at_most = most, .because = std::move(because)};
}
inline Bounds between(std::chrono::seconds least, std::chrono::seconds most, std::string because = {}) {
  return between(least.count(), most.count(), std::move(because));
}

/// One option of a room. `options` is the room's own struct (PasswordOptions …); its default values are the defaults.
struct Option {
  enum class Kind { text, boolean, list, number, duration, choice };
  std::string name{};      // "lifetime"
  std::string sentence{};  // what it does
  Kind kind = Kind::text;
  std::vector<std::string> choices{};  // of a choice
  Bounds bounds{};                     // of a number or a duration
  std::function<void(std::any& options, const OptionValue&)> set{};
  std::function<OptionValue(const std::any& options)> get{};
};

/// A room's options with the values in effect.
struct OptionSet {
  std::vector<Option> options{};
  std::any values{};
};

/// One problem for each value that is out of bounds and each option without a description, naming the option and a fix.
std::vector<std::string> problems_of(const OptionSet& set);

/// A whole number followed by s, m, h or d: "10m".
std::string duration_text(std::chrono::seconds duration);

namespace option_members {

// A member, or a member of a member.
template <class Object, class Member>
auto& follow(Object& object, Member member) {
  return object.*member;
}
template <class Object, class Member, class... More>
auto& follow(Object& object, Member member, More... more) {
  return follow(object.*member, more...);
}

// How a member is written.
template <class Value>
struct Written {
  static constexpr auto kind = Option::Kind::number;
  using As = std::int64_t;
};
template <>
struct Written<std::string> {
  static constexpr auto kind = Option::Kind::text;
  using As = std::string;
};
template <>
struct Written<bool> {
  static constexpr auto kind = Option::Kind::boolean;
  using As = bool;
};
template <>
struct Written<std::chrono::seconds> {
  static constexpr auto kind = Option::Kind::duration;
  using As = std::chrono::seconds;
};
template <>
struct Written<std::vector<std::string>> {
  static constexpr auto kind = Option::Kind::list;
  using As = std::vector<std::string>;
};

}  // namespace option_members

/// `option("lifetime", "How long a code works.", between(1s, 10min), &OtpOptions::lifetime)`.
template <class Options, class First, class... More>
Option option(std::string name, std::string sentence, Bounds bounds, First Options::* first, More... more) {
  using Value = std::remove_reference_t<decltype(option_members::follow(std::declval<Options&>(), first, more...))>;
  using As = typename option_members::Written<Value>::As;
  return {.name = std::move(name),
          .sentence = std::move(sentence),
          .kind = option_members::Written<Value>::kind,
          .choices = {},
          .bounds = std::move(bounds),
          .set =
              [=](std::any& all, const OptionValue& value) {
                option_members::follow(std::any_cast<Options&>(all), first, more...) =
                    static_cast<Value>(std::get<As>(value));
              },
          .get = [=](const std::any& all) -> OptionValue {
            return static_cast<As>(option_members::follow(std::any_cast<const Options&>(all), first, more...));
          }};
}

template <class Value>
using Choices = std::vector<std::pair<std::string, Value>>;

/// One of a few values, each with a name.
template <class Value, class Options, class First, class... More>
Option choice(std::string name, std::string sentence, Choices<Value> choices, First Options::* first, More... more) {
  std::vector<std::string> names;
  for (const auto& [known, value] : choices) names.push_back(known);
  return {.name = std::move(name),
          .sentence = std::move(sentence),
          .kind = Option::Kind::choice,
          .choices = std::move(names),
          .bounds = {},
          .set =
              [=](std::any& all, const OptionValue& setting) {
                for (const auto& [known, value] : choices)
                  if (known == std::get<std::string>(setting))
                    option_members::follow(std::any_cast<Options&>(all), first, more...) = value;
              },
          .get = [=](const std::any& all) -> OptionValue {
            for (const auto& [known, value] : choices)
              if (value == option_members::follow(std::any_cast<const Options&>(all), first, more...)) return known;
            return std::string();  // a value that your application set in code and that has no name
          }};
}

}  // namespace rowan
