#pragma once
// WebSocket (RFC 6455) as an application sees it, independent of the host that carries it (docs/live_connections.md).
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rowan::http {

/// Codes of a close frame (RFC 6455 section 7.4.1); from 4000 on they are an application's own.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;        // the server stops
inline constexpr std::uint16_t unsupported_data = 1003;  // a binary message: Rowan takes text only
inline constexpr std::uint16_t abnormal = 1006;          // never sent: the connection was lost without a close frame
inline constexpr std::uint16_t policy_violation = 1008;  // the client does not read what is sent to it
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;   // a callback of the application threw
inline constexpr std::uint16_t try_again_later = 1013;  // the server is busy, or cannot read the revocations
inline constexpr std::uint16_t session_ended = 4401;    // signed out, revoked or expired: sign in again
}  // namespace close_code

/// One open WebSocket. A handle: copies stand for the same connection, and none of them keeps it open. Thread-safe, and
/// no call waits for the client.
class WebSocket {
 public:
  /// What a host provides. Thread-safe.
  class Port {
   public:
    virtual ~Port() = default;
    virtual bool send(std::string text) = 0;
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
  };

  WebSocket() = default;  // closed
  explicit WebSocket(std::weak_ptr<Port> port) : port_(std::move(port)) {}

  /// Sends one text message, which must be UTF-8. Messages arrive in the order of the calls. False when the connection
  /// is closed or closing, and when the client has left too much unread: then it is closed with 1008.
  bool send(std::string text) const {
    const auto port = port_.lock();
    return port && port->send(std::move(text));
  }
  /// Closes after what was sent before. `code`: 1000 to 1003, 1007 to 1014, or 3000 to 4999; else 1000 is sent.
  /// `reason`: UTF-8, cut to 123 bytes. Nothing happens when it is closed already.
  void close(std::uint16_t code = close_code::normal, std::string_view reason = {}) const {
    if (const auto port = port_.lock()) port->close(code, reason);
  }
  bool is_open() const { return !port_.expired(); }

  // The same connection, also after it was closed; so a std::set or std::map can hold them.
  friend bool operator==(const WebSocket& a, const WebSocket& b) { return !(a < b) && !(b < a); }
  friend bool operator<(const WebSocket& a, const WebSocket& b) { return a.port_.owner_before(b.port_); }

 private:
  std::weak_ptr<Port> port_{};
};

/// What the application does with a connection. All are optional. Of one connection they are called one after the
/// other, never together; of different connections on different threads at once. An exception closes it with 1011.
struct WebSocketHandler {
  std::function<void(const WebSocket&)> on_open{};
  /// One text message, valid UTF-8. The next is read from the client when this returns.
  std::function<void(const WebSocket&, std::string_view text)> on_message{};
  /// Once, for each connection that was opened. `code`: the client's, or ours if we closed first. What is sent now goes
  /// nowhere. Not called for connections that a stopping server had to cut while its pools were busy.
  std::function<void(const WebSocket&, std::uint16_t code)> on_close{};
  /// False: the callbacks run in the pool `database`, as handlers do, and may block; a connection whose message finds
  /// the pool full is closed with 1013. True: you promise what rowan::non_blocking does; they run on the event loop.
  bool non_blocking = false;
};

/// The answer that turns a request into a WebSocket, for hosts.
struct WebSocketUpgrade {
  WebSocketHandler handler{};
  /// Call it when the connection is open. It calls `end`, at most once and on any thread, when the connection has to be
  /// closed because those who opened it are no longer signed in; never after what it returned was destroyed. Empty: no
  /// guard stood before the route.
  std::function<std::shared_ptr<void>(std::function<void(std::uint16_t code, std::string_view reason)> end)> watch{};
};

}  // namespace rowan::http

namespace rowan {
using http::WebSocket, http::WebSocketHandler;
namespace close_code = http::close_code;
}  // namespace rowan
