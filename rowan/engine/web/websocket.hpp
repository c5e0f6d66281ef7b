#pragma once
// Not installed. What a request that opens a WebSocket has to say (RFC 6455 section 4.2.1), and the answer that opens
// it.
#include <optional>
#include <rowan/engine/web/conn_state.hpp>

namespace rowan::engine {

/// The answer to a request that cannot open one; nullopt for one that can. `origin_checked`: the route asks by itself
/// where it comes from.
std::optional<Response> refuse_handshake(Conn& conn, bool origin_checked);

}  // namespace rowan::engine
