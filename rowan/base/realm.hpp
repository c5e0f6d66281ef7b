#pragma once
// Realm: tenant and subject (kind of account) together. They are of different types, so no call can swap them.
#include <algorithm>
#include <optional>
#include <rowan/base/inline_text.hpp>
#include <rowan/base/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>

namespace rowan {

/// A short name, checked when it is made. It has a fixed size: copying it allocates nothing.
template <class Rule>
class Name {
 public:
  constexpr Name() = default;  // the empty one
  /// A name in the source; one that breaks the rule does not compile.
  template <std::size_t N>
  consteval Name(const char (&text)[N]) {
    if (!is_one({text, N - 1})) throw "not a name";
    text_ = *Text::from({text, N - 1});
  }
  /// Nullopt for a name that breaks the rule. Nothing is cut off or replaced.
  static constexpr std::optional<Name> from(std::string_view text) {
    if (!is_one(text)) return std::nullopt;
    Name name;
    name.text_ = *Text::from(text);
    return name;
  }
  constexpr std::string_view view() const { return text_.view(); }
  std::string text() const { return std::string(view()); }
  constexpr operator std::string_view() const { return view(); }
  constexpr bool empty() const { return view().empty(); }
  friend constexpr bool operator==(const Name& a, const Name& b) { return a.view() == b.view(); }
  template <class T>
    requires(std::is_convertible_v<const T&, std::string_view> && !std::is_same_v<T, Name>)
  friend constexpr bool operator==(const Name& a, const T& b) {
    return a.view() == std::string_view(b);
  }

  friend Json to_json(const Name& name) { return name.view(); }

 private:
  using Text = InlineText<Rule::max_bytes>;
  static constexpr bool is_one(std::string_view text) {
    return text.size() <= Rule::max_bytes && std::all_of(text.begin(), text.end(), Rule::allows);
  }
  Text text_{};
};

/// Up to 63 of A-Z a-z 0-9 . _ - because tokens and cookies contain it as it is.
struct TenantRule {
  static constexpr std::size_t max_bytes = 63;
  static constexpr bool allows(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  }
};
/// Up to 31 of a-z 0-9 _
struct SubjectRule {
  static constexpr std::size_t max_bytes = 31;
  static constexpr bool allows(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
};

/// The empty one is the only tenant of an application that has no others.
using TenantName = Name<TenantRule>;
/// A kind of account: "user", "admin".
using SubjectName = Name<SubjectRule>;

/// `{}`: the users of an application without tenants. `{.subject = "admin"}`, `{.tenant = tenant}`.
struct Realm {
  TenantName tenant{};
  SubjectName subject{"user"};
  /// "tenant|subject": what rows that are found by their realm are keyed by. No name has a `|`, so no two realms have
  /// one key. It is in databases: a release that spells it otherwise finds neither counts nor mails of the one before.
  std::string key() const { return tenant.text() + "|" + subject.text(); }
  friend constexpr bool operator==(const Realm&, const Realm&) = default;
};

}  // namespace rowan
