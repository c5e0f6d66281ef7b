#pragma once
// Client: the HTTP calls that we make ourselves, to providers. Bounded in every way, and never led elsewhere.
#include <chrono>
#include <cstdint>
#include <memory>
#include <rowan/base/result.hpp>
#include <rowan/http/message.hpp>
#include <rowan/http/resolver.hpp>
#include <string>

namespace rowan::http {

/// What a request may reach.
enum class Reach : std::uint8_t {
  public_only,  // for an address that a tenant's administrator typed: the public internet by https, nothing near us
  anywhere,     // for one that the configuration of this program names: https, and http to this machine
};

struct OutgoingRequest {
  Method method = Method::get;  // get or post
  std::string url{};
  Headers headers{};
  std::string body{};
  Reach reach = Reach::public_only;
  std::chrono::milliseconds timeout{0};  // less than the client's own; 0: that
  std::size_t most_body_bytes = 0;       // of the answer, less than the client's own; 0: that
};

struct OutgoingResponse {
  int status = 0;
  Headers headers{};
  std::string body{};
};

/// Thread-safe.
class Client {
 public:
  virtual ~Client() = default;
  /// Blocks for `timeout` at most; belongs into the pool of `Cost::outgoing`. Every status is an answer; so is a
  /// redirect, which is never followed. Errors: `malformed_request` (no address that we call), `forbidden` (one that
  /// may not be reached), `internal` (a request that a program may not make), else `unavailable`; its effect is unknown
  /// when the other side may have acted on a POST. The reason names the host and quotes nothing that came from it.
  virtual Result<OutgoingResponse> send(const OutgoingRequest& request) = 0;
};

struct ClientOptions {
  std::string user_agent = "Rowan";
  std::chrono::milliseconds connect_timeout{3000};  // also for finding the addresses of a name
  std::chrono::milliseconds timeout{10'000};        // all of it
  std::size_t most_header_bytes = 32 * 1024;
  std::size_t most_body_bytes = 1024 * 1024;
  /// Requests to one host at once. What is over it is refused at once, with `unavailable`, so that a slow provider
  /// cannot hold every thread of the pool.
  unsigned most_per_host = 16;
  /// Requests with Reach::public_only at once, to all hosts together: tenants can name many slow ones.
  unsigned most_public_only = 32;
  /// "http://proxy.example:3128". Never taken from the environment. It is given addresses instead of names where only
  /// the public internet may be reached.
  std::string proxy{};
  std::string ca_file{};                 // PEM; empty: the system's authorities
  std::shared_ptr<Resolver> resolver{};  // null: the system's
};

/// By libcurl. Throws ConfigError when the options are wrong or this build has no libcurl.
std::unique_ptr<Client> open_client(ClientOptions options);

}  // namespace rowan::http
