#include <cli/metrics_listener.hpp>

namespace rowan::cli {

namespace {

http::Response plain(int status, std::string body) {
  http::Response response{.status = status, .content_type = "text/plain; charset=utf-8", .body = std::move(body)};
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

http::Response page(const std::function<std::string()>& text) {
  auto response = plain(200, text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

http::Response busy(const http::Request&) {
  auto response = plain(503, "Other scrapes are waiting\n");
  response.headers.set("Retry-After", "1");
  return response;
}

}  // namespace

std::unique_ptr<hosts::beast::Service> make_metrics_listener(MetricsListenerOptions options) {
  const auto begin =
      [text = std::move(options.text)](const http::Request& request) -> std::variant<http::Response, Blocking> {
    if (request.path != "/metrics") return plain(404, "Here is only /metrics\n");
    if (request.method != http::Method::get && request.method != http::Method::head) {
      auto refusal = plain(405, "Only GET and HEAD\n");
      refusal.headers.set("Allow", "GET, HEAD");
      return refusal;
    }
    // The work refers to this function, which lives as long as the service.
    return Blocking{.cost = Cost::database, .run = [&text] { return page(text); }};
  };
  return std::make_unique<hosts::beast::Service>(
      hosts::beast::ServerOptions{.port = options.port,
                                  .address = std::move(options.address),
                                  .io_threads = 1,
                                  .database_threads = 1,
                                  .hash_threads = 1,
                                  .outgoing_threads = 1,
                                  .limits = {.database = 4, .hash = 1, .outgoing = 1},
                                  .max_body_bytes = 0,
                                  .max_connections = 16,
                                  .logger = options.logger},
      hosts::Answerer{.begin = begin, .overloaded = busy});
}

}  // namespace rowan::cli
