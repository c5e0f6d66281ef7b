#pragma once
// Connection: one client, from accept to close. Internal: this header includes Asio.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <rowan/hosts/answerer.hpp>
#include <rowan/hosts/beast/server.hpp>
#include <thread>
#include <unordered_set>

namespace rowan::hosts::beast {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;  // instead of any_executor, which costs an indirect call each time
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

/// The Date field, written once a second.
class DateText {
 public:
  const std::string& now();

 private:
  std::chrono::sys_seconds second_{};
  std::string text_{};
};

class Connection {
 public:
  virtual ~Connection() = default;
  /// Closes it if no request has begun.
  virtual void close_if_idle() = 0;
  virtual void cut() = 0;
};

/// One I/O thread. Everything but `context` is touched only by it.
struct Worker {
  std::unordered_set<Connection*> connections{};
  DateText date{};
  asio::io_context context{1};
  std::thread thread{};
};

/// What all connections share.
struct Serving {
  Serving(const ServerOptions& options, Answerer answerer);
  const ServerOptions& options;
  const Answerer answerer;
  Logger& logger;
  Admission admission;
  struct Pools {
    Pools(unsigned database_threads, unsigned hash_threads, unsigned outgoing_threads)
        : database(database_threads), hash(hash_threads), outgoing(outgoing_threads) {}
    asio::thread_pool database, hash, outgoing;
  };
  std::optional<Pools> pools{};  // while it serves
  unsigned database_connections = 0;  // that the pools share; 0: not known
  std::unique_ptr<asio::ssl::context> tls{};
  std::atomic<bool> stopping{false};
  std::atomic<unsigned> connections{0};
  std::function<void()> on_closed{};  // on the connection's thread

  void open_pools();
  asio::thread_pool& pool_of(Cost cost);
  /// Somebody may be waiting for a place: keep-alive is a luxury then.
  bool is_nearly_full() const { return connections.load(std::memory_order_relaxed) + 1 >= options.max_connections; }
};

/// On the worker's thread. Worker and Serving outlive the connection.
void open_connection(Socket socket, Worker& worker, Serving& serving);

}  // namespace rowan::hosts::beast
