#pragma once
// Not installed. What every route's work runs in: nothing is thrown to a host, and a stray exception is a fault with an
// id.
#include <rowan/engine/web/conn_state.hpp>
#include <rowan/engine/web/site.hpp>

namespace rowan::engine {

/// The answer to a request whose work threw: 500 with an id, the cause in the log. `auth` and `addresses` may be null.
http::Response exception_answer(Auth* auth, const http::Request& request, std::shared_ptr<const Addresses> addresses,
                                const std::string& cause);

/// Runs what answers for this Conn, and finishes it. Where that throws after a remembered browser was signed in again,
/// the answer is a fault's with its cookies: what it kept before is used up.
Response answer_with_cookies(ConnState& state, const std::function<Response()>& run);

template <class Answer, class Run>
Answer guarded(Auth* auth, const http::Request& request, const std::shared_ptr<const Addresses>& addresses,
               const Run& run) {
  std::string cause;
  try {
    return run();
  } catch (const std::exception& exception) {
    cause = exception.what();
  } catch (...) {
    cause = "not a std::exception";
  }
  return exception_answer(auth, request, addresses, cause);
}

/// Work for a pool. `request` outlives it.
inline Blocking blocking(Auth* auth, Cost cost, const http::Request& request,
                         std::shared_ptr<const Addresses> addresses, std::function<http::Response()> run) {
  return {.cost = cost, .run = [auth, &request, addresses = std::move(addresses), run = std::move(run)] {
            return guarded<http::Response>(auth, request, addresses, run);
          }};
}

}  // namespace rowan::engine
