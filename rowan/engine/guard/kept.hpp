#pragma once
// Not installed. What a browser keeps to be signed in again, where a guard finds no session
// (docs/architecture.md#remembered-browsers).
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// What this browser keeps for this subject and tenant, unless it has ended. No I/O, no allocation.
std::optional<sessions::Kept> kept_in(const Core& core, std::string_view cookie_header, const Realm& realm,
                                      Timestamp now);

/// The Set-Cookie of a session that was seen at `session.seen`: it lasts as long as whoever is signed in the longest.
std::string session_cookie(const Core& core, const sessions::Session& session);

}  // namespace rowan::engine
