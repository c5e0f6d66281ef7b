#pragma once
// What every host adapter checks of a request before it reaches the engine, and of the answer. Every adapter uses these
// functions, so a request is read in the same way by all (HTTP-01, HTTP-02, INJ-07). Pure functions; thread-safe.
#include <cstddef>
#include <functional>
#include <optional>
#include <rowan/base/logger.hpp>
#include <rowan/http/message.hpp>
#include <string_view>
#include <variant>

namespace rowan::hosts {

constexpr std::size_t max_target_bytes = 8 * 1024;
constexpr std::size_t max_fields = 100;

/// A request that is not passed on. `why` is for the log.
struct Refusal {
  int status = 400;
  std::string_view why{};
};

/// How the body is delimited.
struct Framing {
  bool chunked = false;
  std::size_t length = 0;
};

bool is_field_value(std::string_view text);  // no control character but the tab

/// 405 for TRACE (with Allow in the answer), 501 for what http::Method does not know.
std::optional<Refusal> check_method(std::string_view method);

/// Checks names and values, that single-valued fields occur at most once, and that there is exactly one valid Host
/// (HTTP/1.0: at most one). Joins Cookie fields into one.
std::optional<Refusal> check_fields(http::Headers& headers, bool http_1_0);

/// Whether a Connection field names the option, in any case.
bool connection_says(const http::Headers& headers, std::string_view option);

/// The length of the body. Refuses every Transfer-Encoding but "chunked", and every ambiguous length.
std::variant<Framing, Refusal> read_framing(const http::Headers& headers, bool http_1_0, std::size_t max_body_bytes);

/// Accepts origin form, and absolute form whose authority equals Host. Fills path and query.
std::optional<Refusal> read_target(std::string_view target, const http::Headers& headers, http::Request& request);

/// Adds the security headers to an answer. With an empty `protect`: those of a site without https (Answerer::protect).
using Protect = std::function<void(http::Response&)>;

/// The answer to a refused request: the reason phrase and nothing else. 503 has a Retry-After.
http::Response answer_to(const Refusal& refusal, const Protect& protect);

/// 500 for a fault of the application or of Rowan: the visitor gets an id, and the log gets one error line with that id
/// and the cause.
http::Response answer_to_fault(Logger& logger, std::string_view event, std::string_view cause, const Protect& protect);
/// The text of the exception that is being handled.
std::string cause_of_current_exception();

/// Whether the response can be written as it is: a final status, names that are tokens, values without CR, LF and NUL.
bool is_well_formed(const http::Response& response);
/// Whether the adapter writes this field itself (Content-Length, Connection, Date …). It ignores them in a response.
bool belongs_to_the_door(std::string_view field_name);

}  // namespace rowan::hosts
