#pragma once
// Not installed. What the database says of numbers and claims, when what this node knows is not enough.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// How long a question waits for what cannot be known at once.
inline constexpr std::chrono::milliseconds longest_settling{500};

/// Asks for half a second at most. Never `unknown`: what cannot be known by then is `unavailable`.
Result<tokens::Revocation::State> settled_state(Core& core, const TokenNumbers& numbers);

/// The claims, when they are of this subject and tenant, have not expired and are not revoked, by the guard's rules;
/// nullopt otherwise. `unavailable` when that cannot be known within half a second.
Result<std::optional<VerifiedClaims>> current_claims(Core& core, const Claims& claims, const Realm& realm);

/// Auth::decide, but that a browser which is remembered stays undecided.
Result<GuardVerdict> decide_without_signing_in(Core& core, const http::RequestView& request, GuardKind kind,
                                               const Realm& realm);

}  // namespace rowan::engine
