// rowan_hello PORT THREADS: the bundled server with an answer as fixed as that of bare_beast: what the door itself
// costs.
#include <cstdlib>
#include <iostream>
#include <rowan/hosts/beast/service.hpp>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "rowan_hello PORT THREADS\n";
    return 2;
  }
  using rowan::http::Request;
  using rowan::http::Response;
  rowan::hosts::Answerer answerer{
      .begin = [](const Request&) -> std::variant<Response, rowan::Blocking> {
        return Response{
            .content_type = "application/json",
            .body =
                R"({"user":{"id":"0193602b-5c1e-7f00-8000-000000000001","email":"alice@notes.example","name":"Alice"}})"};
      },
      .overloaded = [](const Request&) { return Response{.status = 503}; }};
  rowan::hosts::beast::Service service({.port = static_cast<unsigned short>(std::atoi(argv[1])),
                                        .io_threads = static_cast<unsigned>(std::atoi(argv[2]))},
                                       std::move(answerer));
  if (const auto started = service.start(); !started) {
    std::cerr << started.error().reason << "\n";
    return 2;
  }
  service.wait_for_signal();
  service.stop();
}
