#pragma once
// Not installed. Faults of ours: an id in the answer, the cause under that id in the log, and never the visitor blamed.
#include <rowan/engine/conn_state.hpp>

namespace rowan::engine {

/// A path for the log: what is long enough to be a mailed token is left out (LOG-02).
std::string without_tokens(std::string_view path);
/// Random, short enough to be read out.
std::string make_error_id();
inline bool is_fault(const Error& error) { return http_status(error.code) >= 500; }

/// Gives the answer to this request its id and logs the cause under it, at level error; the first cause only. Every
/// answer of 500 or more comes through here.
void report_fault(ConnState& state, const Error& error);
/// The page (error.html, unavailable.html) or the JSON of a fault, reported, with its status and Retry-After.
Response fault_page(ConnState& state, const Error& error);
Response fault_json(ConnState& state, const Error& error);
/// Whether who asked reads JSON rather than pages.
bool wants_json(const ConnState& state);
/// Whether a page's own script asks, which reads JSON and keeps the browser's cookies: by `Accept` alone.
bool is_script(const ConnState& state);
/// An error as Rowan's own routes answer it, outside a phase: page or JSON, faults reported.
Response error_answer(ConnState& state, const Error& error, bool json);

}  // namespace rowan::engine
