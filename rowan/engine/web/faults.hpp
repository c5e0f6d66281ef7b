#pragma once
// Not installed. Faults of ours: the answer has an id, the log has the cause under it, and the visitor is never blamed.
#include <rowan/engine/web/conn_state.hpp>

namespace rowan::engine {

/// A path for the log, without segments that are long enough to be a mailed token (LOG-02).
std::string without_tokens(std::string_view path);
/// A random id, short enough to read out on the phone.
std::string make_error_id();
inline bool is_fault(const Error& error) { return http_status(error.code) >= 500; }

/// Gives the answer to this request its id and logs the cause under it, at level error, but only the first cause. Every
/// answer of 500 or more comes through here.
void report_fault(ConnState& state, const Error& error);
/// The page (error.html, unavailable.html) or the JSON of a fault, reported, with its status and Retry-After.
Response fault_page(ConnState& state, const Error& error);
Response fault_json(ConnState& state, const Error& error);
/// Whether the client reads JSON rather than pages.
bool wants_json(const ConnState& state);
/// Whether a page's own script asks, which reads JSON and keeps the browser's cookies: by `Accept` alone.
bool is_script(const ConnState& state);
/// An error as Rowan's own routes answer it, outside a phase: page or JSON, faults reported.
Response error_answer(ConnState& state, const Error& error, bool json);

}  // namespace rowan::engine
