#pragma once
// authenticated: a proof of sign-in, for tests of your own controllers and handlers.
//   const auto ann = rowan::testing::authenticated({.id = id, .email = "ann@notes.example"});
//   controller.success(conn, {"password", "sign_in"}, ann, nullptr);
#include <rowan/engine/guard/authenticated_user.hpp>

namespace rowan::testing {

/// Only for tests: it is made without a credential. It cannot be copied or moved, so bind the result to a variable.
AuthenticatedUser authenticated(User user, Claims claims = {});

/// Only for tests: claims as a guard returns them, but without a token.
VerifiedClaims verified(const Claims& claims);

}  // namespace rowan::testing
