#pragma once
// Not installed. The session cookie, as it is written.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// The Set-Cookie of a session that was seen at `session.seen`. It lasts until the last of its subjects' claims
/// expires.
std::string session_cookie(const Core& core, const sessions::Session& session);

}  // namespace rowan::engine
