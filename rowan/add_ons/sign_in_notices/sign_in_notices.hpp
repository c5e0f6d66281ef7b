#pragma once
// The sign_in_notices add-on: the owner of an account hears of sign-ins that may not have been theirs.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct SignInNoticesOptions {
  /// After so many failed attempts a sign-in is told.
  int failures = 5;
  /// How long failed attempts are counted together, since the first of them.
  std::chrono::seconds window = std::chrono::hours{24};
  /// An account this young gets used to its first browsers: they are not told.
  std::chrono::seconds settling_in = std::chrono::hours{24};
};

/// It has no phases. Its mails: "sign_in_notices/new_browser" and "sign_in_notices/after_failures";
/// AuthOptions::notices_off turns each off.
AddOn sign_in_notices(SignInNoticesOptions options = {});

}  // namespace rowan
