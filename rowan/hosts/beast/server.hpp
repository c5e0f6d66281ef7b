#pragma once
// The bundled HTTP/1.1 server: a Site behind Boost.Beast's streams. Asynchronous on a few I/O threads; what may block
// waits in a bounded pool of its cost class (docs/architecture.md#costs-and-pools), so guards and `none` routes answer
// while the pools are full.
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <rowan/base/logger.hpp>
#include <rowan/base/result.hpp>
#include <rowan/engine/site.hpp>
#include <string>

namespace rowan::hosts::beast {

struct TlsOptions {
  std::string certificate_file{};  // PEM, the whole chain
  std::string key_file{};          // PEM
};

struct ServerOptions {
  unsigned short port = 8080;  // 0: any free one, see Server::port
  std::string address = "127.0.0.1";
  unsigned io_threads = 0;  // 0: as many as cores
  // Threads of each pool; `limits` says how much may run and wait together. 0: as usual (8, twice the cores, 8), or less
  // when the database has fewer connections than that: a thread without one would only wait, and the revocations with it.
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
  /// Fewer when the process may not open as many files (RLIMIT_NOFILE): start() raises the soft limit as far as this
  /// needs (and 1024 more) and the hard limit allows, and keeps 128 descriptors for mail, files and the like and two
  /// for each connection of the database. When all are taken, the connection that has been idle longest is closed for a
  /// new one; when none is idle, the one that has kept the server waiting longest in its handshake, its request or the
  /// reading of its answer, at least a second. When there is neither, the new one gets 503; with `tls` it is closed
  /// without an answer, since a handshake is more work than such a client may cause.
  unsigned max_connections = 10'000;
  std::optional<TlsOptions> tls{};
  Logger* logger = nullptr;                         // null: silent. Outlives the server
  std::chrono::milliseconds write_timeout{30'000};  // of a whole answer
  std::chrono::milliseconds queue_timeout{5'000};   // of work that waits for a thread of its pool; then it is 503
  /// Of one client, an IPv4 address or an IPv6 /64; 0: a quarter of max_connections, at least 8. Beyond it one of the
  /// client's own connections is closed, chosen as above, or else the new one refused in the same way.
  /// AuthOptions::trusted_proxies have no such limit, since they speak for many.
  unsigned max_connections_per_address = 0;
};

/// Mount first, then run() or start(), each at most once. start, run and stop may be called from any thread, but not
/// from a handler.
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
  Site& site() { return site_; }

  /// Serves until SIGINT, SIGTERM or stop(). 0 after a clean stop; 2, with one line on standard error, when it cannot
  /// listen.
  int run();
  /// The same without blocking and without signals. `unavailable` when the port is taken or a TLS file cannot be read.
  /// Starts the mounted Auths; they go on after stop(), since they belong to the application.
  Result<> start();
  /// The port it listens on; 0 before start().
  unsigned short port() const;
  /// Stops accepting, answers what has begun, then closes. After stop_timeout connections are cut; a handler that still
  /// runs is waited for.
  void stop();

 private:
  struct Parts;
  Site site_{};
  std::unique_ptr<Parts> parts_;
};

}  // namespace rowan::hosts::beast
