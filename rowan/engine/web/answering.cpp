#include <rowan/engine/web/answering.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/http/media.hpp>

namespace rowan::engine {

http::Response exception_answer(Auth* auth, const http::Request& request, std::shared_ptr<const Addresses> addresses,
                                const std::string& cause) {
  try {
    if (auth != nullptr) {
      auto state = start_conn(auth, Arrival{request}, std::move(addresses), false);
      const Error error{.code = ErrorCode::internal, .reason = "exception: " + cause};
      const bool json = state->addresses->is_api(request.path) ||
                        http::accepts_json(request.headers.single("Accept").value_or(std::string_view()));
      auto answer = error_answer(*state, error, json);
      return finish(*state, std::move(answer));
    }
  } catch (...) {  // then nothing but the plainest answer is left
  }
  const auto id = make_error_id();
  if (auth != nullptr)
    engine::core_of(*auth).logger.error(
        "fault", {{"error_id", id}, {"code", "internal"}, {"reason", cause}, {"path", without_tokens(request.path)}});
  return {.status = 500, .content_type = "text/plain; charset=utf-8", .body = "Internal Server Error (" + id + ")\n"};
}

Response answer_with_cookies(ConnState& state, const std::function<Response()>& run) {
  std::string cause = "not a std::exception";
  try {
    return finish(state, run());
  } catch (const std::exception& exception) {
    if (!state.signed_in_again) throw;
    cause = exception.what();
  } catch (...) {
    if (!state.signed_in_again) throw;
  }
  return finish(state,
                error_answer(state, {.code = ErrorCode::internal, .reason = "exception: " + cause}, wants_json(state)));
}

}  // namespace rowan::engine
