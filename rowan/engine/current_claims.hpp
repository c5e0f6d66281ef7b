#pragma once
// Not installed. Claims that were accepted some time ago, asked again.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// The claims, when they are of this subject and tenant, have not expired and are not revoked, by the guard's rules;
/// nullopt otherwise. `unavailable` when that cannot be known within half a second.
Result<std::optional<VerifiedClaims>> current_claims(Core& core, const Claims& claims, const Realm& realm);

}  // namespace rowan::engine
