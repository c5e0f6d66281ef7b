#pragma once
// authenticated: a proof of sign-in for tests of an application's own controllers and handlers.
//   const auto ann = rowan::testing::authenticated({.id = id, .email = "ann@notes.example"});
//   controller.success(conn, {"password", "sign_in"}, ann, nullptr);
#include <rowan/engine/authenticated_user.hpp>

namespace rowan::testing {

/// Only for tests: nobody showed a credential. It can be neither copied nor moved, so bind it where it is made.
AuthenticatedUser authenticated(User user, Claims claims = {});

/// Only for tests: claims as a guard hands them out. No token says so.
VerifiedClaims verified(const Claims& claims);

}  // namespace rowan::testing
