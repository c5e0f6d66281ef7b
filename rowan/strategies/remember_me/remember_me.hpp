#pragma once
// Remember me: a browser whose session has ended is signed in again by a secret that it keeps. Each use gives it a new
// one, so a copy is noticed.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct RememberMeOptions {
  std::chrono::seconds lifetime = std::chrono::days{30};  // since the sign-in; being used does not extend it
  /// How long the secret from before is still answered with the session that was made by it: for tabs that ask at once,
  /// and answers that were lost. Later it is a copy.
  std::chrono::seconds repeat_within = std::chrono::seconds{60};
  std::int64_t browsers = 20;  // of one account that are remembered at once; the one remembered first is forgotten
};

/// Phases: list, delete, forget. People ask for it by `remember_me` of the other strategies' sign-ins.
Strategy remember_me(RememberMeOptions options = {});

}  // namespace rowan
