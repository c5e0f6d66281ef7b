#pragma once
// Not installed. Reads the head of a request, strictly: whatever two readers could understand differently is refused.
// Boost.Beast's parser lets several such things through (docs/security/requirements.md#known-traps);
// request_head_test.cpp proves that what passes here is read the same by both. Thread-safe.
#include <cstddef>
#include <rowan/hosts/request_rules.hpp>
#include <rowan/http/message.hpp>
#include <string_view>
#include <variant>

namespace rowan::hosts::beast {

/// Where a head ends.
struct HeadEnd {
  enum class State { incomplete, complete, broken } state = State::incomplete;
  std::size_t size = 0;  // with the empty line; when complete
};

/// Looks for the empty line, beginning at `from`, so that text that earlier calls have seen is not searched again. A
/// line that ends in LF alone is broken.
HeadEnd find_head_end(std::string_view received, std::size_t from);

struct RequestHead {
  http::Request request{};  // without body, peer and tls
  Framing framing{};
  bool http_1_0 = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// `head` is a whole head, as find_head_end found it.
std::variant<RequestHead, Refusal> parse_request_head(std::string_view head, std::size_t max_body_bytes);

}  // namespace rowan::hosts::beast
