#pragma once
// What must hold of any Fields, whatever they were read from.
#include <fuzz/target.hpp>
#include <rowan/http/body.hpp>

namespace rowan::fuzz {

/// Whether there are any, after looking at them.
inline bool check_fields(const Result<http::Fields>& fields) {
  if (!fields) {
    const auto code = fields.error().code;
    require(code == ErrorCode::malformed_request || code == ErrorCode::too_large ||
            code == ErrorCode::unsupported_media_type);
    return false;
  }
  require(fields->size() <= http::BodyLimits().fields);
  for (const auto path : {http::Fields::Path{"a"}, {"user", "email"}, {"user", "a", "b"}, {"user"}, {}}) {
    const auto text = fields->find(path);
    if (text) require(text->size() <= http::BodyLimits().value_bytes && !text->contains('\0'));
    if (text) require(fields->json(path).has_value());
  }
  return true;
}

}  // namespace rowan::fuzz
