#pragma once
// Not for applications: one request over a real socket, for Browser.
#include <rowan/http/message.hpp>
#include <string_view>

namespace rowan::testing {

/// Sends it to the server at `origin` ("http://127.0.0.1:4000") and reads the whole answer; a connection of its own.
/// Throws std::runtime_error when there is no answer within ten seconds, or when it is not an HTTP/1.1 answer.
http::Response exchange_over_socket(std::string_view origin, const http::Request& request);

}  // namespace rowan::testing
