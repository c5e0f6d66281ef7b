#pragma once
// Not installed. Claims that were accepted some time ago, asked again.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// The claims, when they are of this subject and tenant, have not expired and are not revoked, by the guard's rules;
/// nullopt otherwise. `unavailable` when that cannot be known within half a second.
Result<std::optional<Claims>> current_claims(Core& core, const Claims& claims, std::string_view subject,
                                             std::string_view tenant);

}  // namespace rowan::engine
