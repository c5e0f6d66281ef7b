#pragma once
// Not installed. Writes the head of an answer. The framing fields are ours alone: what a Response says of them is left
// out (HTTP-02, BRW-19).
#include <rowan/http/message.hpp>
#include <string>
#include <string_view>

namespace rowan::hosts::beast {

enum class Persistence { close, keep, keep_for_http_1_0 };

/// Appends it to `out`. The response is well-formed (request_rules.hpp); `date` is an HTTP date.
void append_response_head(std::string& out, const http::Response& response, Persistence persistence,
                          std::string_view date);

/// RFC 9110 section 6.4.1: no content in an answer to HEAD, in 204 and in 304.
bool has_content(const http::Response& response, http::Method method);

}  // namespace rowan::hosts::beast
