#pragma once
// Not installed. Bodies and queries from strangers → Fields (docs/http_contract.md#bodies). Pure functions,
// thread-safe, linear in the input's size.
//
// All fail with: malformed_request (syntax, not UTF-8, NUL, a name twice), too_large (a limit of BodyLimits),
// unsupported_media_type. Reasons quote nothing of what was sent.
#include <rowan/base/result.hpp>
#include <rowan/http/fields.hpp>
#include <string_view>

namespace rowan::http {

/// Parses a body by its Content-Type: application/x-www-form-urlencoded, multipart/form-data or application/json; a
/// charset must be utf-8. An empty body yields no fields for urlencoded, JSON or a missing Content-Type.
Result<Fields> parse_body(std::string_view content_type, std::string_view body, const BodyLimits& limits = {});

/// Parses a query: the text after '?'.
Result<Fields> parse_query(std::string_view query, const BodyLimits& limits = {});

/// application/x-www-form-urlencoded (WHATWG URL section 5.1), but broken escapes are refused.
Result<Fields> parse_urlencoded(std::string_view text, const BodyLimits& limits);

/// multipart/form-data (RFC 7578) between `boundary`s (RFC 2046 section 5.1.1). No files, no preamble, no epilogue.
Result<Fields> parse_multipart(std::string_view boundary, std::string_view body, const BodyLimits& limits);

}  // namespace rowan::http
