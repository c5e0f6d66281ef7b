#pragma once
// Claims: the content of a sealed cookie or a bearer token. Reading it needs no query.
#include <cstdint>
#include <rowan/base/realm.hpp>
#include <rowan/base/strong_id.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/tokens/methods.hpp>
#include <string_view>

namespace rowan {

namespace engine {
struct GuardKey;  // engine/guard/guard_key.hpp: not installed
}

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
  Timestamp expires_at{};

  /// When a credential was shown last.
  Timestamp authenticated_at() const { return methods.last_shown(); }
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
  Timestamp authenticated_at() const { return claims_.authenticated_at(); }
  Timestamp expires_at() const { return claims_.expires_at; }

 private:
  Claims claims_;
};

}  // namespace rowan
