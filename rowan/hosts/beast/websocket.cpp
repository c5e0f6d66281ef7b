#include <rowan/hosts/beast/websocket.hpp>
// Asio and Beast.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <rowan/hosts/beast/websocket_port.hpp>
#include <rowan/hosts/request_rules.hpp>

namespace rowan::hosts::beast {

namespace {

namespace bb = boost::beast;
namespace ws = boost::beast::websocket;
namespace code = http::close_code;
using boost::system::error_code;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

// What Beast reads of a handshake. Site::websocket has checked the fields, so Beast refuses none.
bb::http::request<bb::http::empty_body> handshake_of(const http::Request& request) {
  bb::http::request<bb::http::empty_body> handshake(bb::http::verb::get, "/", 11);
  const auto copy = [&](bb::http::field field, std::string_view name) {
    handshake.set(field, std::string(request.headers.single(name).value_or(std::string_view())));
  };
  copy(bb::http::field::host, "Host");
  copy(bb::http::field::sec_websocket_key, "Sec-WebSocket-Key");
  handshake.set(bb::http::field::connection, "Upgrade");
  handshake.set(bb::http::field::upgrade, "websocket");
  handshake.set(bb::http::field::sec_websocket_version, "13");
  return handshake;
}

bool is_of_the_handshake(std::string_view name) {
  return belongs_to_the_door(name) || http::equal_without_case(name, "upgrade") ||
         http::equal_without_case(name, "content-type") || name.starts_with("Sec-WebSocket-");
}

// One WebSocket, from the 101 to its close. All members belong to the worker's thread; `port_` is what others have of
// it. One message is read, handed to the application, and only when that is done with it the next one is read.
template <class Stream>
class WebSocketConnection final : public Connection, public std::enable_shared_from_this<WebSocketConnection<Stream>> {
 public:
  WebSocketConnection(Stream stream, Upgraded upgraded, std::unique_ptr<WebSocketPlace> of_websockets, Worker& worker,
                      Serving& serving)
      : worker_(worker),
        serving_(serving),
        upgraded_(std::move(upgraded)),
        of_websockets_(std::move(of_websockets)),
        stream_(std::in_place, std::move(stream)),
        deadline_(worker.context.get_executor()) {
    worker_.connections.insert(this);
  }
  ~WebSocketConnection() override {
    shut();
    worker_.connections.erase(this);
    of_websockets_.reset();
    upgraded_.place.reset();
    serving_.connections.fetch_sub(1);
    serving_.on_closed();
  }
  WebSocketConnection(const WebSocketConnection&) = delete;
  WebSocketConnection& operator=(const WebSocketConnection&) = delete;

  void start() {
    upgraded_.place->belongs_to(this->weak_from_this());
    upgraded_.place->becomes_busy();
    const auto& options = serving_.options.websocket;
    bb::get_lowest_layer(*stream_).expires_never();  // the WebSocket has a clock of its own
    stream_->set_option(ws::stream_base::timeout{.handshake_timeout = serving_.options.header_timeout,
                                                 .idle_timeout = options.idle_timeout,
                                                 .keep_alive_pings = true});
    stream_->set_option(ws::stream_base::decorator([this](ws::response_type& answer) {
      answer.set(bb::http::field::server, "");  // else Beast writes its name and version (BRW-19)
      for (const auto& [name, value] : upgraded_.response.headers.all())
        if (!is_of_the_handshake(name)) answer.insert(name, value);
    }));
    stream_->read_message_max(std::max<std::size_t>(options.max_message_bytes, 1));  // 0 would be no limit
    stream_->text(true);
    const auto handshake = handshake_of(upgraded_.request);
    stream_->async_accept(handshake, [self = this->shared_from_this()](error_code error) {
      if (error) return self->cut();
      self->on_accepted();
    });
  }

  void close_if_idle() override {
    // In the middle of the handshake on_accepted() sees it.
    if (open_) begin_close({.code = code::going_away, .reason = "the server stops"});
  }
  // What is pending on the stream ends with an error. Its own timer goes with it: that would keep the thread of a
  // server that stops as long as a callback of ours waits in a pool.
  void cut() override {
    if (!stream_) return;
    error_code ignored;  // nothing is left to be done for a socket that cannot be closed
    bb::get_lowest_layer(*stream_).socket().close(ignored);
    stream_.reset();
    deadline_.cancel();
  }
  void give_up(std::shared_ptr<Guest> self) override {  // never: its place is busy. But the promise is kept
    asio::post(worker_.context, [this, self = std::move(self)] { cut(); });
  }

 private:
  const http::WebSocketHandler& handler() const { return upgraded_.response.upgrade->handler; }
  http::WebSocket socket() const { return http::WebSocket(port_); }

  void on_accepted() {
    upgraded_.request = {};
    open_ = true;
    port_ = std::make_shared<WebSocketPort>(
        serving_.options.websocket.max_queued_bytes, [&context = worker_.context, weak = this->weak_from_this()] {
          // It is let go of on its own thread: this one may hold a lock of the application's.
          if (auto self = weak.lock()) asio::post(context, [self = std::move(self)] { self->take_what_waits(); });
        });
    if (serving_.stopping.load()) return close_if_idle();
    if (const auto& watch = upgraded_.response.upgrade->watch)
      watch_ = watch([port = std::weak_ptr(port_)](std::uint16_t why, std::string_view reason) {
        if (const auto open = port.lock()) open->end(why, reason);
      });
    call([this](const http::WebSocketHandler& handler, const http::WebSocket& socket) {
      known_ = true;
      if (handler.on_open) handler.on_open(socket);
    });
  }

  // --- reading ---

  void read_next() {
    if (!stream_) return on_closed(code::abnormal);
    if (closing_) return;
    stream_->async_read(received_, [self = this->shared_from_this()](error_code error, std::size_t) {
      if (error) return self->on_lost(error);
      self->on_read();
    });
  }

  void on_read() {
    if (closing_ || !stream_) return;
    if (!stream_->got_text()) return begin_close({.code = code::unsupported_data, .reason = "text only"});
    auto text = bb::buffers_to_string(received_.data());
    received_.clear();
    if (received_.capacity() > kept_bytes) received_.shrink_to_fit();
    call([text = std::move(text)](const http::WebSocketHandler& handler, const http::WebSocket& socket) {
      if (handler.on_message) handler.on_message(socket, text);
    });
  }

  void on_lost(const error_code& error) {
    if (error == ws::error::closed && stream_) return on_closed(stream_->reason().code);
    on_closed(error == ws::error::message_too_big ? code::too_big : code::abnormal);
  }

  // --- the application ---

  // One after the other: the next begins when this one has ended.
  template <class Work>
  void call(Work work) {
    if (handler().non_blocking) {
      const bool threw = !run(work);
      return after_call(threw);
    }
    auto ticket = serving_.admission.enter(Cost::database);
    if (!ticket) return begin_close({.code = code::try_again_later, .reason = "the server is busy"});
    in_pool_ = true;
    asio::post(serving_.pool_of(Cost::database),
               [self = this->shared_from_this(), work = std::move(work), ticket = std::move(ticket)]() mutable {
                 const bool threw = !self->run(work);
                 ticket = {};
                 auto& context = self->worker_.context;
                 asio::post(context, [self = std::move(self), threw] {
                   self->in_pool_ = false;
                   self->after_call(threw);
                 });
               });
  }

  template <class Work>
  bool run(const Work& work) const {
    try {
      work(handler(), socket());
      return true;
    } catch (...) {
      serving_.logger.error("host.websocket_handler_threw", {{"cause", cause_of_current_exception()}});
      return false;
    }
  }

  void after_call(bool threw) {
    if (lost_) return tell_closed();
    if (threw) begin_close({.code = code::internal_error, .reason = "internal error"});
    read_next();
  }

  // --- writing ---

  void take_what_waits() {
    if (closing_ || lost_) return;
    auto [messages, closing] = port_->take();
    for (auto& message : messages) out_.push_back(std::move(message));
    if (closing && closing->at_once) return begin_close(*std::move(closing));
    if (closing) close_when_written_ = std::move(closing);
    write_next();
  }

  void write_next() {
    if (writing_ || closing_ || !stream_) return;
    if (out_.empty()) {
      if (close_when_written_) begin_close(*std::exchange(close_when_written_, std::nullopt));
      return;
    }
    writing_ = true;
    cut_after(serving_.options.write_timeout);
    stream_->async_write(asio::buffer(out_.front()), [self = this->shared_from_this()](error_code error, std::size_t) {
      self->writing_ = false;
      if (error) return self->cut();
      self->port_->written(self->out_.front().size());
      self->out_.pop_front();
      if (self->closing_) return;
      self->deadline_.cancel();
      self->write_next();
    });
  }

  // --- the end ---

  // What is being written is finished, and nothing else. A client that does not answer is cut off.
  void begin_close(WebSocketPort::Closing closing) {
    if (closing_ || !stream_) return;
    closing_ = closing.code;
    shut();
    out_.erase(out_.begin() + (writing_ ? 1 : 0), out_.end());
    serving_.logger.info("host.websocket_closed", {{"code", closing.code}, {"reason", closing.reason}});
    cut_after(close_timeout);
    stream_->async_close(ws::close_reason(static_cast<ws::close_code>(closing.code), closing.reason),
                         [self = this->shared_from_this()](error_code) { self->on_closed(*self->closing_); });
  }

  void on_closed(std::uint16_t by) {
    if (std::exchange(lost_, true)) return;
    ended_by_ = closing_.value_or(by);
    shut();
    cut();
    if (!in_pool_) tell_closed();
  }

  // Without a place in the pool: there are no more of these than connections.
  void tell_closed() {
    if (!known_ || !handler().on_close || std::exchange(told_, true)) return;
    const auto tell = [self = this->shared_from_this()] {
      self->run([&](const http::WebSocketHandler& handler, const http::WebSocket& socket) {
        handler.on_close(socket, self->ended_by_);
      });
    };
    if (handler().non_blocking) return tell();
    asio::post(serving_.pool_of(Cost::database), [this, tell]() mutable {
      tell();
      auto& context = worker_.context;
      asio::post(context, [tell = std::move(tell)] {});  // the last of it goes on its own thread
    });
  }

  // Nobody reaches it any more: the application gets false, and the session's end is not heard.
  void shut() {
    if (port_) port_->shut();
    watch_.reset();
  }

  void cut_after(std::chrono::milliseconds patience) {
    deadline_.expires_after(patience);
    deadline_.async_wait([weak = this->weak_from_this()](error_code cancelled) {
      if (cancelled) return;
      if (const auto self = weak.lock()) self->cut();
    });
  }

  static constexpr std::chrono::milliseconds close_timeout{2000};
  static constexpr std::size_t kept_bytes = 4096;

  Worker& worker_;
  Serving& serving_;
  Upgraded upgraded_;
  std::unique_ptr<WebSocketPlace> of_websockets_;
  // Without permessage-deflate: what is secret and what a stranger chose would be compressed together (CRIME), and a
  // small message could become a large one.
  std::optional<ws::stream<Stream, false>> stream_;  // empty: cut off
  Timer deadline_;
  std::shared_ptr<WebSocketPort> port_{};
  std::shared_ptr<void> watch_{};
  bb::flat_buffer received_{};
  std::deque<std::string> out_{};  // the first is being written
  std::optional<WebSocketPort::Closing> close_when_written_{};
  std::optional<std::uint16_t> closing_{};  // we close it, with this code
  std::uint16_t ended_by_ = code::abnormal;
  bool open_ = false;   // the handshake is done
  bool known_ = false;  // to the application
  bool writing_ = false, in_pool_ = false;
  bool lost_ = false, told_ = false;
};

template <class Stream>
void open(Stream stream, Upgraded upgraded, std::unique_ptr<WebSocketPlace> place, Worker& worker, Serving& serving) {
  std::make_shared<WebSocketConnection<Stream>>(std::move(stream), std::move(upgraded), std::move(place), worker,
                                                serving)
      ->start();
}

}  // namespace

std::unique_ptr<WebSocketPlace> WebSocketPlace::take(Serving& serving) {
  const auto given = serving.options.websocket.max_open;
  const auto most = given > 0 ? given : serving.options.max_connections / 2;
  std::unique_ptr<WebSocketPlace> place(new WebSocketPlace(serving));
  return serving.websockets.fetch_add(1) < most ? std::move(place) : nullptr;
}

void open_websocket(PlainStream stream, Upgraded upgraded, std::unique_ptr<WebSocketPlace> place, Worker& worker,
                    Serving& serving) {
  open(std::move(stream), std::move(upgraded), std::move(place), worker, serving);
}
void open_websocket(TlsStream stream, Upgraded upgraded, std::unique_ptr<WebSocketPlace> place, Worker& worker,
                    Serving& serving) {
  open(std::move(stream), std::move(upgraded), std::move(place), worker, serving);
}

}  // namespace rowan::hosts::beast
