#include <rowan/hosts/beast/connection.hpp>
// Asio and Beast.
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <memory>
#include <rowan/base/thread_counts.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/hosts/beast/chunked_body.hpp>
#include <rowan/hosts/beast/request_head.hpp>
#include <rowan/hosts/beast/response_head.hpp>
#include <rowan/hosts/beast/websocket.hpp>

namespace rowan::hosts::beast {

namespace {

namespace bb = boost::beast;
using boost::system::error_code;

constexpr std::size_t read_bytes = 4096;
constexpr std::size_t copied_bytes = 8 * 1024;  // a body up to here is sent in one piece with its head

constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

// Reads a request, has it answered, writes the answer, and only then looks at the next one. So answers keep their
// order, and a client that pipelines costs no more memory than one that does not. All members belong to the worker's
// thread, which does not touch `request_` while a pool works on it.
template <class Stream>
class HttpConnection final : public Connection, public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  static constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;

  HttpConnection(Stream stream, const http::IpAddress& peer, std::unique_ptr<Places::Place> place, Worker& worker,
                 Serving& serving)
      : worker_(worker), serving_(serving), stream_(std::move(stream)), peer_(peer), place_(std::move(place)) {
    worker_.connections.insert(this);
  }
  ~HttpConnection() override {
    if (handed_over_) return;
    worker_.connections.erase(this);
    place_.reset();
    serving_.connections.fetch_sub(1);
    serving_.on_closed();
  }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void start() {
    if (serving_.stopping.load()) return cut();
    place_->belongs_to(this->weak_from_this());
    error_code ignored;  // a socket that is already gone says so at the first read
    socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    if constexpr (is_tls) {
      wait_for_client(Phase::starting);
      deadline(serving_.options.header_timeout);
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](error_code error) {
        if (error) return self->cut();
        self->next_request(self->serving_.options.header_timeout);
      });
    } else {
      next_request(serving_.options.header_timeout);
    }
  }

  void close_if_idle() override {
    if (phase_ == Phase::idle || phase_ == Phase::starting) cut();
  }
  void cut() override {
    error_code ignored;  // nothing is left to be done for a socket that cannot be closed
    socket().close(ignored);
  }
  void give_up(std::shared_ptr<Guest> self) override {
    asio::post(worker_.context, [this, self = std::move(self)] {
      if (handed_over_) return;
      keep_alive_ = may_stay_ = false;  // a request may have come in between: it is answered
      const bool in_the_middle = phase_ != Phase::idle && phase_ != Phase::work;
      if (phase_ == Phase::idle || (in_the_middle && Places::Clock::now() - waits_since_ >= Places::patience)) cut();
    });
  }

 private:
  enum class Phase { starting, idle, head, body, chunks, work, write, lingering };

  // --- the head ---

  void next_request(std::chrono::milliseconds patience) {
    scanned_ = 0;
    chunks_.reset();
    if (!received_.empty()) {
      begin_head();
      return on_head_bytes();
    }
    if (serving_.stopping.load()) return cut();
    if (received_.capacity() > 4 * read_bytes) std::string().swap(received_);  // an idle connection keeps little
    if (!may_stay_) return cut();
    phase_ = Phase::idle;
    place_->becomes_idle();
    deadline(patience);
    read_more();
  }

  void begin_head() {
    wait_for_client(Phase::head);
    deadline(serving_.options.header_timeout);
  }

  void read_more() {
    const auto size = received_.size();
    received_.resize(size + read_bytes);
    stream_.async_read_some(asio::buffer(received_.data() + size, read_bytes),
                            [self = this->shared_from_this(), size](error_code error, std::size_t count) {
                              self->received_.resize(size + count);
                              if (error) return self->cut();  // closed by the client, or by the deadline
                              self->on_bytes();
                            });
  }

  void on_bytes() {
    if (phase_ == Phase::idle) begin_head();
    if (phase_ == Phase::head) return on_head_bytes();
    if (phase_ == Phase::body) return on_body_bytes();
    on_chunk_bytes();
  }

  void on_head_bytes() {
    // RFC 9112 section 2.2: "a server … SHOULD ignore at least one empty line (CRLF) received prior to the
    // request-line".
    if (scanned_ == 0 && received_.starts_with("\r\n")) received_.erase(0, 2);
    const auto end = find_head_end(received_, scanned_);
    const auto limit = serving_.options.max_header_bytes;
    const auto size = end.state == HeadEnd::State::complete ? end.size : received_.size();
    if (end.state == HeadEnd::State::broken) return refuse({400, "line end"});
    if (size > limit) {
      return std::string_view(received_).substr(0, max_target_bytes).contains('\n') ? refuse({431, "head too large"})
                                                                                    : refuse({414, "target too long"});
    }
    if (end.state == HeadEnd::State::incomplete) {
      scanned_ = received_ == "\r" ? 0 : received_.size();
      return read_more();
    }
    auto parsed = parse_request_head(std::string_view(received_).substr(0, end.size), serving_.options.max_body_bytes);
    received_.erase(0, end.size);
    if (const auto* refusal = std::get_if<Refusal>(&parsed)) return refuse(*refusal);
    auto& head = std::get<RequestHead>(parsed);
    request_ = std::move(head.request);
    request_.peer = peer_;
    request_.tls = is_tls;
    http_1_0_ = head.http_1_0;
    keep_alive_ = head.keep_alive && may_stay_;
    begin_body(head);
  }

  // --- the body ---

  void begin_body(const RequestHead& head) {
    const auto framing = head.framing;
    if (!framing.chunked && framing.length == 0) return answer();
    deadline(serving_.options.body_timeout);
    wait_for_client(framing.chunked ? Phase::chunks : Phase::body);
    if (framing.chunked) chunks_.emplace(serving_.options.max_body_bytes);
    body_length_ = framing.length;
    // RFC 9110 section 10.1.1: 100 may be left out once some of the body is here.
    if (!head.expects_continue || !received_.empty()) return read_body();
    asio::async_write(stream_, asio::buffer(continue_line),
                      [self = this->shared_from_this()](error_code error, std::size_t) {
                        if (error) return self->cut();
                        self->read_body();
                      });
  }

  void read_body() { phase_ == Phase::chunks ? on_chunk_bytes() : on_body_bytes(); }

  // The body grows as it arrives: what a client only announces costs no memory.
  void on_body_bytes() {
    const auto here = std::min(body_length_ - request_.body.size(), received_.size());
    request_.body.append(received_, 0, here);
    received_.erase(0, here);
    if (request_.body.size() == body_length_) return answer();
    read_more();
  }

  void on_chunk_bytes() {
    switch (chunks_->feed(received_, request_.body)) {
      case ChunkedBody::State::more: return read_more();
      case ChunkedBody::State::done: return answer();
      case ChunkedBody::State::broken: return refuse({400, "chunked body"});
      case ChunkedBody::State::too_large: return refuse({413, "chunked body over the limit"});
    }
  }

  // --- the answer ---

  void answer() {
    phase_ = Phase::work;
    place_->becomes_busy();
    bb::get_lowest_layer(stream_).expires_never();
    if (auto response = begin_answer()) respond(std::move(*response));
  }

  // Nothing: a pool is at it.
  std::optional<http::Response> begin_answer() {
    try {
      auto begun = serving_.answerer.begin(request_);
      if (auto* response = std::get_if<http::Response>(&begun)) return std::move(*response);
      auto& work = std::get<Blocking>(begun);
      if (work.cost == Cost::none) return work.run();
      auto ticket = serving_.admission.enter(work.cost);
      if (!ticket) return serving_.answerer.overloaded(request_);
      run_in_pool(std::move(work), std::move(ticket));
      return std::nullopt;
    } catch (...) {  // a Site never throws; if it does, the thread and its other connections go on
      return fault("host.stray_exception", cause_of_current_exception());
    }
  }

  void run_in_pool(Blocking work, Admission::Ticket ticket) {
    const auto cost = work.cost;
    const auto too_late = std::chrono::steady_clock::now() + serving_.options.queue_timeout;
    asio::post(serving_.pool_of(cost), [self = this->shared_from_this(), work = std::move(work),
                                        ticket = std::move(ticket), too_late]() mutable {
      http::Response response;
      try {
        // The visitor has given up by now, and those behind have waited as long: the queue is got rid of fast.
        const bool late = std::chrono::steady_clock::now() > too_late;
        response = late ? self->serving_.answerer.overloaded(self->request_) : work.run();
      } catch (...) {
        response = self->fault("host.stray_exception", cause_of_current_exception());
      }
      work.run = nullptr;
      ticket = {};
      auto& context = self->worker_.context;
      asio::post(context, [self = std::move(self), response = std::move(response)]() mutable {
        self->respond(std::move(response));
      });
    });
  }

  http::Response fault(std::string_view event, std::string_view cause) {
    return answer_to_fault(serving_.logger, event, cause, serving_.answerer.protect);
  }

  void refuse(const Refusal& refusal) {
    serving_.logger.info("host.request_refused", {{"status", refusal.status}, {"why", refusal.why}});
    request_.method = http::Method::get;
    keep_alive_ = false;
    http_1_0_ = false;
    lingers_ = true;  // what else the client sends is not read
    respond(answer_to(refusal, serving_.answerer.protect));
  }

  void respond(http::Response response) {
    if (!is_well_formed(response)) {
      response = fault("host.malformed_response", "status " + std::to_string(response.status));
    }
    if (response.upgrade) return upgrade(std::move(response));
    wait_for_client(Phase::write);
    response_ = std::move(response);
    keep_alive_ = keep_alive_ && may_stay_ && !serving_.stopping.load();
    const auto persistence = !keep_alive_ ? Persistence::close
                             : http_1_0_  ? Persistence::keep_for_http_1_0
                                          : Persistence::keep;
    out_.clear();
    append_response_head(out_, response_, persistence, worker_.date.now());
    auto content = has_content(response_, request_.method) ? response_.content() : std::string_view();
    if (content.size() <= copied_bytes) {
      out_.append(content);
      content = {};
    }
    deadline(serving_.options.write_timeout);
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(out_), asio::buffer(content)};
    asio::async_write(stream_, buffers, [self = this->shared_from_this()](error_code error, std::size_t) {
      if (error) return self->cut();
      self->on_written();
    });
  }

  // Nothing is pending on the stream now, so it can be given away; this object goes with its last handler.
  void upgrade(http::Response response) {
    // RFC 6455 section 4.1: a client sends nothing more before it has read our answer.
    if (http_1_0_ || !received_.empty()) return refuse({400, "no WebSocket handshake"});
    auto of_websockets = may_stay_ && !serving_.stopping.load() ? WebSocketPlace::take(serving_) : nullptr;
    if (!of_websockets) return respond(serving_.answerer.overloaded(request_));
    handed_over_ = true;
    worker_.connections.erase(this);
    open_websocket(std::move(stream_), {std::move(request_), std::move(response), std::move(place_)},
                   std::move(of_websockets), worker_, serving_);
  }

  void on_written() {
    request_ = {};
    response_ = {};
    if (keep_alive_) return next_request(serving_.options.idle_timeout);
    finish();
  }

  // --- the end ---

  void finish() {
    wait_for_client(Phase::lingering);
    deadline(linger_timeout);
    if constexpr (is_tls) {
      stream_.async_shutdown([self = this->shared_from_this()](error_code) { self->cut(); });
    } else {
      error_code error;
      socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
      if (error || (!lingers_ && received_.empty() && socket().available(error) == 0)) return cut();
      linger();
    }
  }

  // RFC 9112 section 9.6: closing while the client still sends makes its TCP throw away the answer it has not read. So
  // the rest is read into nothing, for a while.
  void linger() {
    received_.resize(read_bytes);
    stream_.async_read_some(asio::buffer(received_),
                            [self = this->shared_from_this()](error_code error, std::size_t count) {
                              self->lingered_bytes_ += count;
                              if (error || self->lingered_bytes_ > max_lingered_bytes) return self->cut();
                              self->linger();
                            });
  }

  void wait_for_client(Phase phase) {
    phase_ = phase;
    waits_since_ = Places::Clock::now();
    place_->becomes_waiting(waits_since_);
  }
  void deadline(std::chrono::milliseconds from_now) { bb::get_lowest_layer(stream_).expires_after(from_now); }
  Socket& socket() { return bb::get_lowest_layer(stream_).socket(); }

  static constexpr std::chrono::milliseconds linger_timeout{2000};
  static constexpr std::size_t max_lingered_bytes = 256 * 1024;

  Worker& worker_;
  Serving& serving_;
  Stream stream_;
  const http::IpAddress peer_;
  std::unique_ptr<Places::Place> place_;
  Phase phase_ = Phase::starting;
  Places::Clock::time_point waits_since_{};  // in every phase but idle and work
  std::string received_{};                   // and not yet understood
  std::size_t scanned_ = 0;                  // of received_, for the end of the head
  std::optional<ChunkedBody> chunks_{};
  std::size_t body_length_ = 0;  // of one that is not chunked
  http::Request request_{};
  http::Response response_{};
  std::string out_{};
  bool http_1_0_ = false, keep_alive_ = true, lingers_ = false;
  bool handed_over_ = false;  // the stream and the place, to a WebSocket
  bool may_stay_ = true;      // for another request: the place is not wanted
  std::size_t lingered_bytes_ = 0;
};

}  // namespace

const std::string& DateText::now() {
  const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (second != second_ || text_.empty()) {
    second_ = second;
    text_ = to_http_date(second);
  }
  return text_;
}

Serving::Serving(const ServerOptions& given, Answerer answers)
    : options(given),
      answerer(std::move(answers)),
      logger(given.logger ? *given.logger : silent_logger()),
      admission(given.limits) {}

void Serving::open_pools() {
  const auto threads = fit_threads(
      {.database = options.database_threads, .hash = options.hash_threads, .outgoing = options.outgoing_threads},
      database_connections);
  if (database_connections > 0 && threads.sum() > database_connections) {
    logger.warning("host.more_threads_than_connections",
                   {{"threads", std::size_t{threads.sum()}}, {"connections", std::size_t{database_connections}}});
  }
  pools.emplace(threads.database, threads.hash, threads.outgoing);
}

asio::thread_pool& Serving::pool_of(Cost cost) {
  switch (cost) {
    case Cost::hash: return pools->hash;
    case Cost::outgoing: return pools->outgoing;
    case Cost::none:
    case Cost::database: break;
  }
  return pools->database;
}

std::optional<http::IpAddress> peer_of(const Socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  auto address = endpoint.address();
  if (address.is_v6()) address = asio::ip::address_v6(address.to_v6().to_bytes());  // without its zone
  return http::IpAddress::parse(address.to_string());
}

void open_connection(Accepted accepted, Worker& worker, Serving& serving) {
  auto& [socket, peer, place] = accepted;
  if (serving.tls) {
    std::make_shared<HttpConnection<TlsStream>>(TlsStream(PlainStream(std::move(socket)), *serving.tls), peer,
                                                std::move(place), worker, serving)
        ->start();
  } else {
    std::make_shared<HttpConnection<PlainStream>>(PlainStream(std::move(socket)), peer, std::move(place), worker,
                                                  serving)
        ->start();
  }
}

void turn_away(Socket socket, Serving& serving) {
  error_code ignored;  // whatever fails, the socket is closed at the end
  if (!serving.tls) {  // a handshake is more work than this client may cause
    std::string out;
    const auto response = answer_to({503, "no place"}, serving.answerer.protect);
    append_response_head(out, response, Persistence::close, DateText().now());
    out.append(response.content());
    socket.non_blocking(true, ignored);
    socket.send(asio::buffer(out), 0, ignored);  // fits into the buffer of a new socket
    // What the client has sent is taken, else closing would make its TCP throw the answer away.
    std::array<char, read_bytes> sent;
    for (int i = 0; i < 4 && socket.receive(asio::buffer(sent), 0, ignored) > 0; ++i) {
    }
    socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }
  socket.close(ignored);
}

}  // namespace rowan::hosts::beast
