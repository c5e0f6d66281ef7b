#pragma once
// Not installed. OAuth 2.0 Token Introspection (RFC 7662): whether a bearer token is good now, for services that cannot
// see revocations by themselves.
#include <rowan/engine/web/conn_state.hpp>

namespace rowan::engine {

/// May block. Only mounted where TokenOptions::introspection is set.
http::Response introspect(Auth& auth, const Arrival& arrival);

}  // namespace rowan::engine
