#pragma once
// The identities add-on: what providers know the account by, for programs: a list, and taking one away. People have a
// panel for each provider on their account page.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct IdentitiesOptions {
  /// For accounts without a password: the session must be no older than this to take one away.
  std::chrono::seconds recent = std::chrono::minutes{10};
};

/// Phases: list, remove.
AddOn identities(IdentitiesOptions options = {});

}  // namespace rowan
