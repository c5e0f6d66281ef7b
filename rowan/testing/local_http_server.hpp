#pragma once
// Not installed. A small HTTP server on 127.0.0.1, for providers of tests: one request a connection, in the clear.
#include <chrono>
#include <functional>
#include <memory>
#include <rowan/http/message.hpp>
#include <string>

namespace rowan::testing {

class LocalHttpServer {
 public:
  /// How an answer goes out.
  enum class Sending {
    whole,
    truncated,  // a body that ends before the length that was announced
    endless,    // a body that never ends, until the other side goes
    never,      // no answer, until the other side goes
  };
  struct Answer {
    http::Response response{};
    Sending sending = Sending::whole;
    std::chrono::milliseconds after{0};  // as long is waited before
  };
  using Handler = std::function<Answer(const http::Request&)>;

  /// Listens on a free port. Throws std::runtime_error when there is none.
  LocalHttpServer();
  ~LocalHttpServer();
  LocalHttpServer(const LocalHttpServer&) = delete;
  LocalHttpServer& operator=(const LocalHttpServer&) = delete;

  /// "http://127.0.0.1:PORT"
  std::string origin() const;
  /// Call it once. The handler is called on many threads at once; when it throws, the answer is 500.
  void serve(Handler handler);
  /// No handler runs any more when it returns. The destructor calls it, too.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rowan::testing
