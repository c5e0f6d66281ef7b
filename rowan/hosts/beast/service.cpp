#include <rowan/hosts/beast/service.hpp>
// Asio.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <rowan/base/try.hpp>
#include <rowan/hosts/beast/connection.hpp>
#include <vector>

namespace rowan::hosts::beast {

namespace {

using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

Result<std::unique_ptr<asio::ssl::context>> open_tls(const TlsOptions& files) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  error_code error;
  context->use_certificate_chain_file(files.certificate_file, error);
  if (error)
    return Error{.code = ErrorCode::unavailable, .reason = "cannot read the certificate " + files.certificate_file};
  context->use_private_key_file(files.key_file, asio::ssl::context::pem, error);
  if (error) return Error{.code = ErrorCode::unavailable, .reason = "cannot read the key " + files.key_file};
  return context;
}

}  // namespace

struct Service::Parts {
  enum class State { fresh, serving, stopping, stopped };

  Parts(ServerOptions given, Answerer answerer) : options(std::move(given)), serving(options, std::move(answerer)) {}

  Result<> listen();
  void accept_next();
  void on_accepted(error_code error, Socket socket, Worker& worker);
  void on_closed();
  void on_every_worker(void (*act)(Connection&));
  void wait_until_closed();

  ServerOptions options;
  std::vector<std::unique_ptr<Worker>> workers{};
  std::vector<asio::executor_work_guard<Executor>> guards{};
  Serving serving;
  asio::io_context control{1};  // runs in wait_for_signal
  std::optional<Acceptor> acceptor{};
  std::optional<
      asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>>
      retry{};
  std::size_t next_worker = 0;
  std::atomic<bool> waits_for_a_place{false};  // accepting goes on when a connection closes
  std::atomic<unsigned short> port{0};

  std::mutex mutex{};
  std::condition_variable changed{};  // of the state, and of the last connection
  State state = State::fresh;
};

Service::Service(ServerOptions options, Answerer answerer)
    : parts_(std::make_unique<Parts>(std::move(options), std::move(answerer))) {}

Service::~Service() { stop(); }

unsigned short Service::port() const { return parts_->port.load(); }

void Service::share_connections(unsigned count) { parts_->serving.database_connections = count; }

Result<> Service::start() {
  auto& parts = *parts_;
  const std::lock_guard lock(parts.mutex);
  if (parts.state != Parts::State::fresh) return Error{.code = ErrorCode::internal, .reason = "a server starts once"};
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

// Connections go round the workers; a connection stays with its worker.
void Service::Parts::accept_next() {
  if (serving.stopping.load() || !acceptor->is_open()) return;
  if (serving.connections.load() >= options.max_connections) {
    waits_for_a_place.store(true);
    // One may have closed in between, and then nobody would come to tell.
    if (serving.connections.load() >= options.max_connections || !waits_for_a_place.exchange(false)) return;
  }
  auto& worker = *workers[next_worker++ % workers.size()];
  acceptor->async_accept(worker.context, [this, &worker](error_code error, Socket socket) {
    on_accepted(error, std::move(socket), worker);
  });
}

void Service::Parts::on_accepted(error_code error, Socket socket, Worker& worker) {
  if (error == asio::error::operation_aborted) return;
  if (error) {
    // Out of file descriptors, mostly: asking again at once would only burn the processor.
    serving.logger.warning("host.accept_failed", {{"error", error.message()}});
    retry->expires_after(std::chrono::milliseconds(100));
    retry->async_wait([this](error_code cancelled) {
      if (!cancelled) accept_next();
    });
    return;
  }
  serving.connections.fetch_add(1);
  asio::post(worker.context, [this, &worker, socket = std::move(socket)]() mutable {
    open_connection(std::move(socket), worker, serving);
  });
  accept_next();
}

void Service::Parts::on_closed() {
  if (waits_for_a_place.exchange(false)) asio::post(workers.front()->context, [this] { accept_next(); });
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
    // Somebody else is at it: whoever returns from stop() may destroy the service.
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
