#pragma once
// Claims: what a sealed cookie or a bearer token says. No row was read for it.
#include <array>
#include <cstdint>
#include <rowan/base/inline_text.hpp>
#include <rowan/base/strong_id.hpp>
#include <rowan/base/timestamp.hpp>
#include <string_view>

namespace rowan {

/// The strategies that proved who this is, in order: {"password", "totp"}. At most four; without allocation.
class Methods {
 public:
  using Name = InlineText<23>;
  static constexpr std::size_t at_most = 4;
  Methods() = default;
  Methods(std::initializer_list<std::string_view> names) {
    for (const auto name : names) add(name);
  }
  /// Nothing happens when it is there already; false when it does not fit.
  bool add(std::string_view name) {
    if (contains(name)) return true;
    const auto text = Name::from(name);
    if (!text || count_ == names_.size()) return false;
    names_[count_++] = *text;
    return true;
  }
  bool contains(std::string_view name) const {
    for (std::size_t i = 0; i < count_; ++i)
      if (names_[i].view() == name) return true;
    return false;
  }
  std::size_t size() const { return count_; }
  std::string_view operator[](std::size_t i) const { return names_[i].view(); }
  friend Json to_json(const Methods& methods) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < methods.size(); ++i) names.emplace_back(methods[i]);
    return names;
  }
  friend bool operator==(const Methods& a, const Methods& b) { return a.count_ == b.count_ && a.names_ == b.names_; }

 private:
  std::array<Name, at_most> names_{};
  std::uint8_t count_ = 0;
};

using SubjectName = InlineText<31>;
using TenantName = InlineText<63>;

/// The dense numbers a token is revoked by (docs/architecture.md#revocation).
struct TokenNumbers {
  std::int64_t token = 0;
  std::int64_t account_generation = 0;
  std::int64_t tenant_generation = 0;
  friend bool operator==(const TokenNumbers&, const TokenNumbers&) = default;
};

/// A value of fixed size: handing it out allocates nothing.
struct Claims {
  AccountId id{};
  SubjectName subject_name{};
  TenantName tenant_name{};
  TokenNumbers numbers{};
  Methods methods{};
  Timestamp authenticated_at{};  // the last time a credential was shown
  Timestamp expires_at{};

  std::string_view subject() const { return subject_name.view(); }
  std::string_view tenant() const { return tenant_name.view(); }
};

}  // namespace rowan
