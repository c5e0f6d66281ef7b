#include <rowan/base/base64.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/http/media.hpp>

namespace rowan::engine {

std::string without_tokens(std::string_view path) {
  std::string shown;
  while (!path.empty()) {
    const auto slash = path.find('/', 1);
    const auto segment = path.substr(0, slash);
    shown += segment.size() > 32 ? std::string_view("/…") : segment;
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return shown;
}

// Not of Core::random: a fault may be its own, and tests count on what that one gives.
std::string make_error_id() { return to_hex(system_random().bytes<8>()); }

void report_fault(ConnState& state, const Error& error) {
  if (!state.error_id.empty()) return;
  state.error_id = make_error_id();
  if (state.core == nullptr) return;
  const auto& phase = state.phase == nullptr ? std::string() : state.phase->name;
  state.core->logger.error("fault", {{"error_id", state.error_id},
                                     {"code", public_name(error.code)},
                                     {"reason", error.reason},
                                     {"strategy", state.strategy == nullptr ? std::string() : state.strategy->name},
                                     {"phase", phase},
                                     {"path", state.request == nullptr ? "" : without_tokens(state.request->path)}});
}

namespace {

Response with_retry(Response response, const Error& error) {
  if (error.retry_after) response.headers.set("Retry-After", std::to_string(error.retry_after->count()));
  return response;  // finish() adds it to a 503 that has none
}

}  // namespace

Response fault_page(ConnState& state, const Error& error) {
  report_fault(state, error);
  state.status = http_status(error.code);
  const bool away = error.code == ErrorCode::unavailable;
  return with_retry(render_page(state, away ? "unavailable.html" : "error.html", Json::object({{"csrf_token", ""}})),
                    error);
}

Response fault_json(ConnState& state, const Error& error) {
  report_fault(state, error);
  return with_retry({.status = http_status(error.code),
                     .content_type = "application/json; charset=utf-8",
                     .body = failure_body(state, error).text()},
                    error);
}

bool wants_json(const ConnState& state) {
  return !state.cookies || state.websocket || !state.view().authorization.empty() ||
         (state.request != nullptr &&
          http::accepts_json(state.request->headers.single("Accept").value_or(std::string_view())));
}

bool is_script(const ConnState& state) {
  return state.request != nullptr &&
         http::accepts_json(state.request->headers.single("Accept").value_or(std::string_view()));
}

Response error_answer(ConnState& state, const Error& error, bool json) {
  if (is_fault(error)) return json ? fault_json(state, error) : fault_page(state, error);
  state.status = http_status(error.code);
  auto response = json ? Response{.status = state.status,
                                  .content_type = "application/json; charset=utf-8",
                                  .body = failure_body(state, error).text()}
                       : render_page(state, "failure.html", {{"text", failure_words(state, error)}});
  return with_retry(std::move(response), error);
}

}  // namespace rowan::engine
