#include <rowan/engine/guard/guard_key.hpp>
#include <rowan/engine/phases/completion_key.hpp>
#include <rowan/testing/authenticated.hpp>

namespace rowan::testing {

AuthenticatedUser authenticated(User user, Claims claims) {
  if (claims.id.is_nil()) {
    claims.id = user.id;
    claims.realm = user.realm;
  }
  return AuthenticatedUser(engine::CompletionKey{}, std::move(user), verified(claims));
}

VerifiedClaims verified(const Claims& claims) { return VerifiedClaims(engine::GuardKey{}, claims); }

}  // namespace rowan::testing
