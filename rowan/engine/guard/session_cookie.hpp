#pragma once
// Not installed. The session cookie, as it is written.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// The Set-Cookie of a session that was seen at `session.seen`. It lasts until the last of its subjects' claims
/// expires.
std::string session_cookie(const Core& core, const sessions::Session& session);

/// The session that the cookies bring: nullopt when there is none of ours, or nobody used it for too long. Claims that
/// have expired or are known to be revoked are left out; the secret of its forms outlives them, so that a second tab
/// can still say "sign out".
std::optional<sessions::Session> open_live_session(const Core& core, std::string_view cookie_header, Timestamp now);

}  // namespace rowan::engine
