// bare_beast PORT THREADS: the least that Boost.Beast can do with the time-outs a server needs: read a request, answer
// a fixed JSON. What the bundled server is measured against (docs/performance.md), in the same run and with the same
// wrk.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Stream = beast::basic_stream<asio::ip::tcp, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

constexpr const char* answer_text =
    R"({"user":{"id":"0193602b-5c1e-7f00-8000-000000000001","email":"alice@notes.example","name":"Alice"}})";

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(Socket socket) : stream_(std::move(socket)) {
    error_code ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  }

  void read_head() {
    parser_.emplace();
    parser_->header_limit(16 * 1024);
    parser_->body_limit(64 * 1024);
    stream_.expires_after(std::chrono::seconds(60));
    http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      if (self->parser_->is_done()) return self->write();
      self->read_body();
    });
  }

 private:
  void read_body() {
    stream_.expires_after(std::chrono::seconds(30));
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->write();
    });
  }

  void write() {
    response_.emplace(http::status::ok, parser_->get().version());
    response_->set(http::field::content_type, "application/json");
    response_->set(http::field::date, "Sun, 06 Nov 1994 08:49:37 GMT");
    response_->keep_alive(parser_->get().keep_alive());
    response_->body() = answer_text;
    response_->prepare_payload();
    stream_.expires_after(std::chrono::seconds(30));
    http::async_write(stream_, *response_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error && self->response_->keep_alive()) self->read_head();
    });
  }

  Stream stream_;
  beast::flat_buffer buffer_{};
  std::optional<http::request_parser<http::string_body>> parser_{};
  std::optional<http::response<http::string_body>> response_{};
};

class Listener {
 public:
  Listener(std::vector<std::unique_ptr<asio::io_context>>& contexts, unsigned short port)
      : contexts_(contexts), acceptor_(*contexts.front(), {asio::ip::address_v4::loopback(), port}) {}
  void accept() {
    auto& context = *contexts_[next_++ % contexts_.size()];
    acceptor_.async_accept(context, [this, &context](error_code error, Socket socket) {
      if (!error) {
        asio::post(context, [socket = std::move(socket)]() mutable {
          std::make_shared<Session>(std::move(socket))->read_head();
        });
      }
      accept();
    });
  }

 private:
  std::vector<std::unique_ptr<asio::io_context>>& contexts_;
  Acceptor acceptor_;
  std::size_t next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "bare_beast PORT THREADS\n";
    return 2;
  }
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  for (int i = 0; i < std::atoi(argv[2]); ++i) contexts.push_back(std::make_unique<asio::io_context>(1));
  Listener listener(contexts, static_cast<unsigned short>(std::atoi(argv[1])));
  listener.accept();
  std::vector<std::jthread> threads;
  for (auto& context : contexts) {
    threads.emplace_back([&context] {
      const auto guard = asio::make_work_guard(*context);
      context->run();
    });
  }
}
