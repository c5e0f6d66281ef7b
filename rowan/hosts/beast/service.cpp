#include <rowan/hosts/beast/service.hpp>
// Asio.
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <rowan/base/try.hpp>
#include <rowan/hosts/beast/connection.hpp>
#include <rowan/hosts/beast/descriptors.hpp>
#include <vector>

namespace rowan::hosts::beast {

namespace {

using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

Result<std::unique_ptr<asio::ssl::context>> open_tls(const TlsOptions& files) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  auto* const tls = context->native_handle();
  // Forward secrecy and AEAD only (RFC 9325 section 4.2); every suite of TLS 1.3 has both. No resumption: a ticket's
  // key would live as long as the process and open what was recorded, and a handshake costs less than a password's
  // hash.
  constexpr auto suites =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
      "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
  SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
  SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_cipher_list(tls, suites) != 1 || SSL_CTX_set1_groups_list(tls, "X25519:P-256:P-384") != 1 ||
      SSL_CTX_set_num_tickets(tls, 0) != 1)
    return Error{.code = ErrorCode::unavailable, .reason = "this OpenSSL does not support the required TLS settings"};
  error_code error;
  context->use_certificate_chain_file(files.certificate_file, error);
  if (error)
    return Error{.code = ErrorCode::unavailable, .reason = "cannot read the certificate " + files.certificate_file};
  context->use_private_key_file(files.key_file, asio::ssl::context::pem, error);
  if (error) return Error{.code = ErrorCode::unavailable, .reason = "cannot read the key " + files.key_file};
  return context;
}

// One line when it begins, then one a minute that says how often: what a stranger can cause a thousand times a second
// does not fill the log. Not thread-safe.
class Incidents {
 public:
  enum class Kind { full, share, given_up, no_descriptor };
  explicit Incidents(Logger& logger) : logger_(logger) {}

  void note(Kind kind, std::size_t connections, std::string_view error = {}) {
    auto& [count, written] = seen_[static_cast<std::size_t>(kind)];
    ++count;
    const auto now = std::chrono::steady_clock::now();
    if (written && now - *written < std::chrono::minutes(1)) return;
    written = now;
    constexpr std::array events = {std::string_view("host.full"), std::string_view("host.client_has_its_share"),
                                   std::string_view("host.idle_given_up"), std::string_view("host.accept_failed")};
    const auto event = events[static_cast<std::size_t>(kind)];
    const auto times = std::exchange(count, 0);
    if (error.empty())
      logger_.warning(event, {{"times", times}, {"connections", connections}});
    else
      logger_.warning(event, {{"times", times}, {"connections", connections}, {"error", error}});
  }

 private:
  struct Seen {
    std::size_t count = 0;  // since the last line
    std::optional<std::chrono::steady_clock::time_point> written{};
  };
  Logger& logger_;
  std::array<Seen, 4> seen_{};
};

}  // namespace

struct Service::Parts {
  enum class State { fresh, serving, stopping, stopped };

  Parts(ServerOptions given, Answerer answerer) : options(std::move(given)), serving(options, std::move(answerer)) {}

  Result<> listen();
  void open_places();
  void accept_next();
  void accept_when_a_client_waits();
  void accept_again_later(const error_code& error);
  void on_accepted(error_code error, Socket socket, Worker& worker);
  void on_closed();
  void on_every_worker(void (*act)(Connection&));
  void wait_until_closed();

  ServerOptions options;
  std::mutex mutex{};
  std::condition_variable changed{};  // of the state, and of the last connection
  State state = State::fresh;
  Serving serving;
  asio::io_context control{1};                      // runs in wait_for_signal
  std::atomic<bool> waits_for_a_descriptor{false};  // accepting goes on when a connection closes, or after a while
  std::atomic<unsigned short> port{0};
  Incidents incidents{serving.logger};  // on the first worker's thread
  std::size_t next_worker = 0;
  bool client_waits = false;  // to be accepted, when accept() last failed; on the first worker's thread
  // Behind all that connections, which live in the workers' contexts, refer to; before what refers to the contexts.
  std::vector<std::unique_ptr<Worker>> workers{};
  std::vector<asio::executor_work_guard<Executor>> guards{};
  std::optional<Acceptor> acceptor{};
  std::optional<
      asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>>
      retry{};
};

Service::Service(ServerOptions options, Answerer answerer)
    : parts_(std::make_unique<Parts>(std::move(options), std::move(answerer))) {}

Service::~Service() { stop(); }

unsigned short Service::port() const { return parts_->port.load(); }

void Service::share_connections(unsigned count) { parts_->serving.database_connections = count; }

Result<> Service::start() {
  auto& parts = *parts_;
  const std::lock_guard lock(parts.mutex);
  if (parts.state != Parts::State::fresh)
    return Error{.code = ErrorCode::internal, .reason = "the server was started already; it can start only once"};
  if (parts.options.tls) {
    ROWAN_TRY(parts.serving.tls, open_tls(*parts.options.tls));
  }
  const auto threads =
      parts.options.io_threads > 0 ? parts.options.io_threads : std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < threads; ++i) parts.workers.push_back(std::make_unique<Worker>());
  if (auto listening = parts.listen(); !listening) {
    parts.acceptor.reset();
    parts.workers.clear();
    return listening;
  }
  parts.serving.open_pools();
  parts.open_places();
  parts.serving.on_closed = [&parts] { parts.on_closed(); };
  parts.accept_next();
  for (auto& worker : parts.workers) {
    parts.guards.emplace_back(worker->context.get_executor());
    worker->thread = std::thread([&context = worker->context] { context.run(); });
  }
  parts.state = Parts::State::serving;
  return {};
}

Result<> Service::Parts::listen() {
  const auto failed = [this](const char* what) {
    return Error{.code = ErrorCode::unavailable,
                 .reason = std::string(what) + " " + options.address + " port " + std::to_string(options.port)};
  };
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) return failed("no IP address:");
  const asio::ip::tcp::endpoint endpoint(address, options.port);
  acceptor.emplace(workers.front()->context.get_executor());
  acceptor->open(endpoint.protocol(), error);
  if (error) return failed("cannot open a socket for");
  acceptor->set_option(asio::socket_base::reuse_address(true),
                       error);  // of connections in TIME_WAIT; a listener still keeps the port
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error == asio::error::address_in_use) return failed("already in use:");
  if (error) return failed("cannot listen on");
  port.store(acceptor->local_endpoint(error).port());
  retry.emplace(workers.front()->context.get_executor());
  return {};
}

void Service::Parts::open_places() {
  // A connection of the database has a descriptor, and a second one while it is replaced.
  const auto for_database = 2 * std::size_t{serving.database_connections};
  auto room = make_room_for_connections(options.max_connections + for_database);
  // With very few descriptors neither side can work well, so each gets half of them.
  room.connections = std::max(room.connections - std::min(for_database, room.connections / 2), std::size_t{1});
  if (room.connections < options.max_connections) {
    serving.logger.warning("host.fewer_connections", {{"max_connections", std::size_t{options.max_connections}},
                                                      {"possible", room.connections},
                                                      {"open_files", room.limit}});
  }
  const auto share = options.max_connections_per_address > 0 ? std::size_t{options.max_connections_per_address}
                                                             : std::max<std::size_t>(room.connections / 4, 8);
  const auto& proxies = serving.answerer.proxies;
  serving.places.emplace(room.connections, share, proxies ? proxies() : std::vector<http::IpRange>());
}

// Connections go round the workers; a connection stays with its worker. Accepting never waits for a place: a client
// that gets none is told so, and the others behind it are served.
void Service::Parts::accept_next() {
  if (serving.stopping.load() || !acceptor->is_open()) return;
  auto& worker = *workers[next_worker++ % workers.size()];
  acceptor->async_accept(worker.context, [this, &worker](error_code error, Socket socket) {
    on_accepted(error, std::move(socket), worker);
  });
}

void Service::Parts::on_accepted(error_code error, Socket socket, Worker& worker) {
  if (error == asio::error::operation_aborted || serving.stopping.load()) return;
  if (error == asio::error::connection_aborted) return accept_next();
  if (error) return std::exchange(client_waits, false) ? accept_again_later(error) : accept_when_a_client_waits();
  client_waits = false;
  auto& places = *serving.places;
  if (const auto peer = peer_of(socket)) {
    auto [verdict, place] = places.admit(*peer);
    using enum Places::Verdict;
    if (verdict != free) {
      incidents.note(verdict == share_is_full        ? Incidents::Kind::share
                     : verdict == instead_of_another ? Incidents::Kind::given_up
                                                     : Incidents::Kind::full,
                     places.taken());
    }
    if (place == nullptr) {
      turn_away(std::move(socket), serving);
    } else {
      serving.connections.fetch_add(1);
      asio::post(worker.context,
                 [this, &worker, accepted = Accepted{std::move(socket), *peer, std::move(place)}]() mutable {
                   open_connection(std::move(accepted), worker, serving);
                 });
    }
  }
  accept_next();
}

// Without a free descriptor accept() fails even when no client waits. A connection is given up only for a client that
// does.
void Service::Parts::accept_when_a_client_waits() {
  acceptor->async_wait(Acceptor::wait_read, [this](error_code error) {
    if (error) return;  // closed
    client_waits = true;
    accept_next();
  });
}

// Out of file descriptors, mostly: asking again at once would only burn the processor.
void Service::Parts::accept_again_later(const error_code& error) {
  incidents.note(Incidents::Kind::no_descriptor, serving.places->taken(), error.message());
  waits_for_a_descriptor.store(true);
  serving.places->give_up_longest();
  retry->expires_after(std::chrono::milliseconds(100));
  retry->async_wait([this](error_code cancelled) {
    if (!cancelled && waits_for_a_descriptor.exchange(false)) accept_next();
  });
}

void Service::Parts::on_closed() {
  if (waits_for_a_descriptor.exchange(false)) asio::post(workers.front()->context, [this] { accept_next(); });
  if (serving.stopping.load()) {
    const std::lock_guard lock(mutex);
    changed.notify_all();
  }
}

void Service::Parts::on_every_worker(void (*act)(Connection&)) {
  for (auto& worker : workers) {
    asio::post(worker->context, [&worker = *worker, act] {
      const std::vector<Connection*> all(worker.connections.begin(), worker.connections.end());
      for (auto* connection : all) act(*connection);
    });
  }
}

void Service::wait_for_signal() {
  auto& parts = *parts_;
  const auto guard = asio::make_work_guard(parts.control);
  error_code error;
  asio::signal_set signals(parts.control);
  signals.add(SIGINT, error);
  signals.add(SIGTERM, error);
  signals.async_wait([&parts](error_code cancelled, int) {
    if (!cancelled) parts.control.stop();
  });
  parts.control.run();
}

void Service::stop() {
  auto& parts = *parts_;
  {
    std::unique_lock lock(parts.mutex);
    parts.control.stop();
    // Another thread is stopping it. Wait for that, because a caller may destroy the service when stop() returns.
    parts.changed.wait(lock, [&parts] { return parts.state != Parts::State::stopping; });
    if (parts.state != Parts::State::serving) return;
    parts.state = Parts::State::stopping;
  }
  parts.serving.stopping.store(true);
  asio::post(parts.workers.front()->context, [&parts] {
    error_code ignored;  // it is closed either way
    parts.acceptor->close(ignored);
    parts.retry->cancel();
  });
  parts.on_every_worker([](Connection& connection) { connection.close_if_idle(); });
  {
    std::unique_lock lock(parts.mutex);
    parts.changed.wait_for(lock, parts.options.stop_timeout,
                           [&parts] { return parts.serving.connections.load() == 0; });
  }
  parts.on_every_worker([](Connection& connection) { connection.cut(); });
  auto& pools = *parts.serving.pools;
  for (auto* pool : {&pools.database, &pools.hash, &pools.outgoing}) {
    pool->stop();
    pool->join();
  }
  // Every socket is closed, so every context runs out of work. What waited in a pool's queue still holds connections,
  // and those hold on to their context: the pools go last.
  parts.guards.clear();
  for (auto& worker : parts.workers) worker->thread.join();
  parts.serving.pools.reset();
  const std::lock_guard lock(parts.mutex);
  parts.state = Parts::State::stopped;
  parts.changed.notify_all();
}

}  // namespace rowan::hosts::beast
