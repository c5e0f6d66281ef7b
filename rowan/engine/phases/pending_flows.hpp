#pragma once
// Not installed. Sign-ins that wait for their second factor: rows of rowan_flows, each used once.
#include <rowan/engine/core.hpp>
#include <rowan/engine/phase_context.hpp>

namespace rowan::engine {

/// What a browser's cookie or a program keeps; the row has its hash. `waiting.id` is made here.
Result<std::string> open_pending(Transaction& transaction, Core& core, const Realm& realm,
                                 const PendingSignIn& waiting);
/// Nullopt for a flow that is made up, of another realm, used or expired.
Result<std::optional<PendingSignIn>> find_pending(Core& core, std::string_view flow, const Realm& realm);
/// True for at most one caller ever.
Result<bool> use_pending(Transaction& transaction, const PendingSignIn& waiting, Timestamp now);

}  // namespace rowan::engine
