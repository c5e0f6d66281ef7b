#pragma once
// Result: what a function returns when failing is normal.
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <rowan/base/assurance.hpp>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace rowan {

/// Everything that a visitor can be told. The cause goes to `Error::reason`, which only the log sees.
enum class ErrorCode {
  authentication_failed,             // unknown account, wrong password, locked, bad token …: one answer for all of them
  invalid_input,                     // a field is missing or wrong; `fields` says which
  insufficient_user_authentication,  // signed in, but not well enough or too long ago; `needs` says what is missing
  confirmation_required,             // said only after a right credential
  forbidden,                         // CSRF or origin refused
  rate_limited,                      // too many attempts; `retry_after` says when
  unavailable,                       // database away, pool full
  malformed_request,                 // not UTF-8, NUL, broken form or JSON
  too_large,                         // over a limit of the request body
  unsupported_media_type,            // a content type we do not read
  not_found,
  method_not_allowed,
  internal,  // a programming error; answered with an error id
};

/// One wrong field: what a form shows beside it and what the API lists under "errors".
struct FieldError {
  std::string field{};
  std::string code{};      // "required", "taken", "too_short", "too_long", "common", "mismatch", "invalid", …
  std::int64_t limit = 0;  // the number in the message, where there is one ("at least 15 characters")
};

/// Whether the operation may have taken effect although it failed.
enum class Effect : std::uint8_t {
  none,     // nothing was changed
  unknown,  // a COMMIT was sent and its answer was lost: it may have been done
};

struct Error {
  ErrorCode code{};
  std::string reason{};  // for the log; never rendered
  std::vector<FieldError> fields{};
  std::optional<std::chrono::seconds> retry_after{};
  Assurance needs{};  // of insufficient_user_authentication
  Effect effect = Effect::none;
  std::source_location where = std::source_location::current();
};

/// By the table in docs/http_contract.md#answers.
constexpr int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::authentication_failed:
    case ErrorCode::insufficient_user_authentication: return 401;
    case ErrorCode::invalid_input: return 422;
    case ErrorCode::confirmation_required:
    case ErrorCode::forbidden: return 403;
    case ErrorCode::rate_limited: return 429;
    case ErrorCode::unavailable: return 503;
    case ErrorCode::malformed_request: return 400;
    case ErrorCode::too_large: return 413;
    case ErrorCode::unsupported_media_type: return 415;
    case ErrorCode::not_found: return 404;
    case ErrorCode::method_not_allowed: return 405;
    case ErrorCode::internal: return 500;
  }
  return 500;
}

/// The word a program reads under "reason".
constexpr std::string_view public_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::authentication_failed: return "authentication_failed";
    case ErrorCode::invalid_input: return "invalid_input";
    case ErrorCode::insufficient_user_authentication: return "insufficient_user_authentication";  // RFC 9470
    case ErrorCode::confirmation_required: return "confirmation_required";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::rate_limited: return "rate_limited";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::malformed_request: return "malformed_request";
    case ErrorCode::too_large: return "too_large";
    case ErrorCode::unsupported_media_type: return "unsupported_media_type";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::method_not_allowed: return "method_not_allowed";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

template <class T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result()
    requires std::is_void_v<T>
  = default;  // return {};
  Result()
    requires(!std::is_void_v<T>)
  = delete;  // …never by accident: expected's own default is success with an empty T
  Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}  // return Error{…};
};

}  // namespace rowan
