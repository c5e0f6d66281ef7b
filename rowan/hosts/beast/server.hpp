#pragma once
// The bundled HTTP/1.1 server: serves a Site over Boost.Beast. It is asynchronous, on a few I/O threads. Work that may
// block waits in a bounded pool of its cost class (docs/architecture.md#costs-and-pools), so guards and `none` routes
// still answer while the pools are full.
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <rowan/base/logger.hpp>
#include <rowan/base/result.hpp>
#include <rowan/engine/web/site.hpp>
#include <string>

namespace rowan::hosts::beast {

struct TlsOptions {
  std::string certificate_file{};  // PEM, the whole chain
  std::string key_file{};          // PEM
};

/// Of each WebSocket (Server::websocket), unless it says otherwise.
struct WebSocketOptions {
  std::size_t max_message_bytes = 64 * 1024;  // of one message of a client, whole; a longer one closes with 1009
  /// Of what was sent and has not left yet. A client that does not read, and so exceeds it, is closed with 1008; one
  /// that takes longer than write_timeout for one message is cut off.
  std::size_t max_queued_bytes = 1024 * 1024;
  /// A client that is silent gets a ping after half of this, and is cut off after all of it. So on_message must not
  /// take as long.
  std::chrono::milliseconds idle_timeout{60'000};
  /// Of all WebSockets together; 0: half of max_connections. Beyond it the answer is 503. They have places like other
  /// connections, also of max_connections_per_address, but are never closed for a new one.
  unsigned max_open = 0;
};

struct ServerOptions {
  unsigned short port = 8080;  // 0: any free port, see Server::port
  std::string address = "127.0.0.1";
  unsigned io_threads = 0;  // 0: as many as cores
  // Threads of each pool; `limits` says how much may run and wait together. 0: the default (8, twice the cores, 8), or
  // fewer when the database has fewer connections: a thread without one would only wait, and delay the revocations too.
  unsigned database_threads = 0;
  unsigned hash_threads = 0;
  unsigned outgoing_threads = 0;
  Admission::Limits limits{};
  std::chrono::milliseconds header_timeout{
      10'000};  // from the first byte of a head to its last; also TLS handshake and first byte
  std::chrono::milliseconds body_timeout{30'000};  // of a whole body
  std::chrono::milliseconds idle_timeout{60'000};  // between an answer and the next request
  std::chrono::milliseconds stop_timeout{10'000};  // for what is running when stop() is called
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  /// The actual number is lower when the process may not open as many files (RLIMIT_NOFILE). start() raises the soft
  /// limit as far as this needs (and 1024 more) and the hard limit allows. It reserves 128 descriptors for mail, files
  /// and the like, and two for each connection of the database.
  /// When all places are taken, the connection that has been idle longest is closed for a new one. If none is idle, it
  /// is the one that has kept the server waiting longest, at least a second: in its handshake, in the middle of a
  /// request, or because it does not read its answer. If there is no such connection either, the new one gets 503; with
  /// `tls` it is closed without an answer, since a handshake is more work than such a client may cause.
  unsigned max_connections = 10'000;
  std::optional<TlsOptions> tls{};
  Logger* logger = nullptr;                         // null: silent. Outlives the server
  std::chrono::milliseconds write_timeout{30'000};  // of a whole answer
  std::chrono::milliseconds queue_timeout{5'000};   // of work that waits for a thread of its pool; then it gets 503
  /// Connections of one client (an IPv4 address or an IPv6 /64); 0: a quarter of max_connections, at least 8. Beyond
  /// that, one of the client's own connections is closed, chosen as above; if there is none to close, the new one is
  /// refused in the same way. AuthOptions::trusted_proxies have no such limit, because many clients share a proxy.
  unsigned max_connections_per_address = 0;
  WebSocketOptions websocket{};
};

/// Mount first, then call run() or start(), each at most once. You can call start, run and stop from any thread, but
/// not from a handler.
class Server {
 public:
  explicit Server(ServerOptions options);
  ~Server();  // stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void mount(Routes routes);
  void get(std::string path, Route route) { site_.get(std::move(path), std::move(route)); }
  void post(std::string path, Route route) { site_.post(std::move(path), std::move(route)); }
  void put(std::string path, Route route) { site_.put(std::move(path), std::move(route)); }
  void delete_(std::string path, Route route) { site_.delete_(std::move(path), std::move(route)); }
  /// See Site::websocket and Conn::websocket (docs/live_connections.md).
  void websocket(std::string path, Route route) { site_.websocket(std::move(path), std::move(route)); }
  Site& site() { return site_; }

  /// Serves until SIGINT, SIGTERM or stop(). Returns 0 after a clean stop, and 2, with one line on standard error, when
  /// it cannot listen.
  int run();
  /// The same without blocking and without handling signals. `unavailable` when the port is taken or a TLS file cannot
  /// be read. Starts the mounted Auths. They keep running after stop(), because they belong to your application.
  Result<> start();
  /// The port it listens on; 0 before start().
  unsigned short port() const;
  /// Stops accepting, answers the requests that have begun, closes WebSockets with 1001, then closes. After
  /// stop_timeout it closes connections without an answer, but still waits for handlers that are running.
  void stop();

 private:
  struct Parts;
  Site site_{};
  std::unique_ptr<Parts> parts_;
};

}  // namespace rowan::hosts::beast
