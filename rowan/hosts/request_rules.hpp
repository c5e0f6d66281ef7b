#pragma once
// What every door checks before a request reaches the engine, and what it checks of the answer: one reading of a
// request, the same through every door (HTTP-01, HTTP-02, INJ-07). Pure functions; thread-safe.
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

bool is_token(std::string_view text);  // RFC 9110 section 5.6.2
std::string_view without_outer_whitespace(std::string_view text);
bool is_field_value(std::string_view text);  // no control character but the tab

/// 405 for TRACE (with Allow in the answer), 501 for what http::Method does not know.
std::optional<Refusal> check_method(std::string_view method);

/// Names, values, at most one of what may occur once, exactly one valid Host (HTTP/1.0: at most one). Joins Cookie
/// fields into one.
std::optional<Refusal> check_fields(http::Headers& headers, bool http_1_0);

/// Whether a Connection field names the option, in any case.
bool connection_says(const http::Headers& headers, std::string_view option);

/// How long the body is; refuses every Transfer-Encoding but "chunked", and every doubt about the length.
std::variant<Framing, Refusal> read_framing(const http::Headers& headers, bool http_1_0, std::size_t max_body_bytes);

/// Origin form, or absolute form for the very authority of Host. Fills path and query.
std::optional<Refusal> read_target(std::string_view target, const http::Headers& headers, http::Request& request);

/// Puts the headers of every page on an answer; empty: those of a site that is not https (Answerer::protect).
using Protect = std::function<void(http::Response&)>;

/// What the visitor sees of a refusal: the reason phrase, nothing else. 503 says when to come again.
http::Response answer_to(const Refusal& refusal, const Protect& protect);

/// 500 for a fault of the application or of ours: an id for the visitor, and one error line with the same id and the
/// cause.
http::Response answer_to_fault(Logger& logger, std::string_view event, std::string_view cause, const Protect& protect);
/// Of the exception being handled.
std::string cause_of_current_exception();

/// Whether it can be written as it is: a final status, names that are tokens, values without CR, LF and NUL.
bool is_well_formed(const http::Response& response);
/// Of fields the door writes itself: Content-Length, Connection, Date …; it ignores them in a response.
bool belongs_to_the_door(std::string_view field_name);

}  // namespace rowan::hosts
