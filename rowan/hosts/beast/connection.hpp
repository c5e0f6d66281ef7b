#pragma once
// Internal. Connection: one client, from accept to close. This header includes Asio.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
#include <rowan/hosts/answerer.hpp>
#include <rowan/hosts/beast/places.hpp>
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

class Connection : public Guest {
 public:
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
  std::optional<Pools> pools{};       // while it serves
  std::optional<Places> places{};     // likewise, and until every connection is gone
  unsigned database_connections = 0;  // that the pools share; 0: not known
  std::unique_ptr<asio::ssl::context> tls{};
  std::atomic<bool> stopping{false};
  std::atomic<unsigned> connections{0};
  std::atomic<unsigned> websockets{0};  // of these
  std::function<void()> on_closed{};    // on the connection's thread

  void open_pools();
  asio::thread_pool& pool_of(Cost cost);
};

/// Nothing when the client is gone already.
std::optional<http::IpAddress> peer_of(const Socket& socket);

/// Who is connected, from where, and on whose place.
struct Accepted {
  Socket socket;
  http::IpAddress peer{};
  std::unique_ptr<Places::Place> place{};
};

/// On the worker's thread. Worker and Serving outlive the connection.
void open_connection(Accepted accepted, Worker& worker, Serving& serving);

/// For a client that gets no place: 503 when it speaks plain HTTP, then closed. Never waits for the client.
void turn_away(Socket socket, Serving& serving);

}  // namespace rowan::hosts::beast
