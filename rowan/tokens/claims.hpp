#pragma once
// Claims: the content of a sealed cookie or a bearer token. Reading it needs no query.
#include <array>
#include <cstdint>
#include <rowan/base/inline_text.hpp>
#include <rowan/base/realm.hpp>
#include <rowan/base/strong_id.hpp>
#include <rowan/base/timestamp.hpp>
#include <string_view>

namespace rowan {

namespace engine {
struct GuardKey;  // engine/guard/guard_key.hpp: not installed
}

/// The strategies by which the user signed in, in order: {"password", "totp"}. At most four; without allocation.
class Methods {
 public:
  using Name = InlineText<23>;
  static constexpr std::size_t at_most = 4;
  Methods() = default;
  Methods(std::initializer_list<std::string_view> names) {
    for (const auto name : names) add(name);
  }
  /// Does nothing when it is there already. False when it does not fit.
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

/// The numbers by which a token is revoked (docs/architecture.md#revocation).
struct TokenNumbers {
  std::int64_t token = 0;
  std::int64_t account_generation = 0;
  std::int64_t tenant_generation = 0;
  friend bool operator==(const TokenNumbers&, const TokenNumbers&) = default;
};

/// A value of fixed size: copying it allocates nothing.
struct Claims {
  AccountId id{};
  Realm realm{};
  TokenNumbers numbers{};
  Methods methods{};
  Timestamp authenticated_at{};  // the last time a credential was shown
  Timestamp expires_at{};

  std::string_view subject() const { return realm.subject.view(); }
  std::string_view tenant() const { return realm.tenant.view(); }
};

/// Claims that were checked: issued by this application, for this realm, not expired and not revoked. Only the guard
/// and engine/phases/complete.cpp make them, so a function that takes them does not have to check again.
class VerifiedClaims {
 public:
  VerifiedClaims(const engine::GuardKey&, const Claims& claims) : claims_(claims) {}
  const Claims& get() const { return claims_; }
  operator const Claims&() const { return claims_; }
  AccountId id() const { return claims_.id; }
  const Realm& realm() const { return claims_.realm; }
  std::string_view subject() const { return claims_.subject(); }
  std::string_view tenant() const { return claims_.tenant(); }
  const TokenNumbers& numbers() const { return claims_.numbers; }
  const Methods& methods() const { return claims_.methods; }
  Timestamp authenticated_at() const { return claims_.authenticated_at; }
  Timestamp expires_at() const { return claims_.expires_at; }

 private:
  Claims claims_;
};

}  // namespace rowan
