#pragma once
// Internal. What an application has of an open WebSocket: a bounded queue into the connection's thread. No socket, no
// Beast. Thread-safe.
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <rowan/http/websocket.hpp>
#include <string>

namespace rowan::hosts::beast {

class WebSocketPort final : public http::WebSocket::Port {
 public:
  struct Closing {
    std::uint16_t code = 0;
    std::string reason{};
    bool at_once = false;  // what was sent before and has not left is dropped
  };
  /// What waits for the connection's thread.
  struct Taken {
    std::deque<std::string> messages{};
    std::optional<Closing> closing{};
  };

  /// `notify`: called, with a lock held, when take() has something to give; it hands on to the connection's thread.
  WebSocketPort(std::size_t max_queued_bytes, std::function<void()> notify)
      : max_queued_bytes_(max_queued_bytes), notify_(std::move(notify)) {}

  bool send(std::string text) override;
  void close(std::uint16_t code, std::string_view reason) override;
  /// The session is over: nothing is sent any more.
  void end(std::uint16_t code, std::string_view reason);

  // For the connection.
  Taken take();
  /// So many bytes of what was taken have left.
  void written(std::size_t bytes);
  /// Nothing can be sent from now on, and `notify` is not called again.
  void shut();

 private:
  void close_locked(std::uint16_t code, std::string_view reason, bool at_once);
  void notify_locked();

  const std::size_t max_queued_bytes_;
  std::mutex mutex_{};
  std::function<void()> notify_{};  // empty: shut
  std::deque<std::string> messages_{};
  std::optional<Closing> closing_{};
  bool open_ = true;
  bool notified_ = false;         // and not yet taken
  std::size_t queued_bytes_ = 0;  // here, or taken and not yet written
};

}  // namespace rowan::hosts::beast
