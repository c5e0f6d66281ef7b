#pragma once
// Claims: the content of a sealed cookie or a bearer token. Reading it needs no query.
#include <cstdint>
#include <rowan/base/realm.hpp>
#include <rowan/base/strong_id.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/base/uuid.hpp>
#include <rowan/tokens/methods.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// Which API key a request came with, and what that may do. Empty for everything else. A value of fixed size; its words
/// belong to the Auth.
class KeyClaims {
 public:
  static constexpr std::size_t most_scopes = 32;

  KeyClaims() = default;
  /// `words`: all that keys can be given, at most most_scopes. They outlive this. Bit i of `given`: this key has word
  /// i.
  KeyClaims(const Uuid& id, std::span<const std::string> words, std::uint32_t given)
      : id_(id), words_(words), given_(given) {}
  explicit operator bool() const { return !id_.is_nil(); }
  const Uuid& id() const { return id_; }
  bool has_scope(std::string_view scope) const {
    for (std::size_t i = 0; i < words_.size() && i < most_scopes; ++i)
      if ((given_ >> i & 1U) != 0 && words_[i] == scope) return true;
    return false;
  }
  std::vector<std::string> scopes() const {
    std::vector<std::string> all;
    for (const auto& word : words_)
      if (has_scope(word)) all.push_back(word);
    return all;
  }

 private:
  Uuid id_{};
  std::span<const std::string> words_{};
  std::uint32_t given_ = 0;
};

/// A value of fixed size: copying it allocates nothing.
struct Claims {
  AccountId id{};
  Realm realm{};
  TokenNumbers numbers{};
  Methods methods{};
  Timestamp expires_at{};
  KeyClaims key{};
  std::int64_t signing_key = 0;  // the number of the key that signed the token, where that key can be revoked; else 0

  /// Whether the request came with an API key: it may do less than the account's owner, and is no session.
  bool using_api_key() const { return static_cast<bool>(key); }
  /// Whether it may do this: a session and a bearer token may do everything, a key what it was given.
  bool has_scope(std::string_view scope) const { return !key || key.has_scope(scope); }
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
  const KeyClaims& key() const { return claims_.key; }
  bool using_api_key() const { return claims_.using_api_key(); }
  bool has_scope(std::string_view scope) const { return claims_.has_scope(scope); }

 private:
  Claims claims_;
};

}  // namespace rowan
