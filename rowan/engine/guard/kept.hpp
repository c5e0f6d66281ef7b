#pragma once
// Not installed. What a browser keeps to be signed in again, where a guard finds no session
// (docs/architecture.md#remembered-browsers).
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// What this browser keeps for this subject, also of another tenant and when it has ended. No I/O, no allocation.
std::optional<sessions::Kept> kept_for(const Core& core, std::string_view cookie_header, const Subject& subject,
                                       Timestamp now);
/// The same for this subject and tenant, unless it has ended. No I/O, no allocation.
std::optional<sessions::Kept> kept_in(const Core& core, std::string_view cookie_header, const Realm& realm,
                                      Timestamp now);

}  // namespace rowan::engine
