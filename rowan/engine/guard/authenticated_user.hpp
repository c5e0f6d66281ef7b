#pragma once
#include <rowan/accounts/user.hpp>
#include <rowan/base/maybe.hpp>
#include <rowan/tokens/claims.hpp>
#include <string>

namespace rowan {

namespace engine {
struct CompletionKey;  // engine/phases/completion_key.hpp: not installed; included by complete.cpp and the test kit
}

/// Proof of a sign-in completed in this request. It cannot be copied, moved or kept.
class AuthenticatedUser {
 public:
  AuthenticatedUser(const engine::CompletionKey&, User user, const VerifiedClaims& claims)
      : user_(std::move(user)), claims_(claims) {}
  AuthenticatedUser(const AuthenticatedUser&) = delete;  // cannot be kept for another request
  AuthenticatedUser& operator=(const AuthenticatedUser&) = delete;
  const User& user() const { return user_; }
  AccountId id() const { return user_.id; }
  const std::string& email() const { return user_.email; }
  /// Every strategy that took part: {"password", "totp"}.
  const Methods& methods() const { return claims_.methods(); }
  const VerifiedClaims& claims() const { return claims_; }
  friend Json to_json(const AuthenticatedUser& user) { return to_json(user.user_); }

 private:
  User user_;
  VerifiedClaims claims_;
};

/// The bearer, to be handed to the client once.
class Token {
 public:
  explicit Token(std::string text) : text_(std::move(text)) {}
  const std::string& str() const { return text_; }
  friend Json to_json(const Token& token) { return token.text_; }

 private:
  std::string text_;
};

using MaybeUser = Maybe<AuthenticatedUser>;
using MaybeToken = Maybe<Token>;

}  // namespace rowan
