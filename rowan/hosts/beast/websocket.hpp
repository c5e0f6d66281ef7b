#pragma once
// Internal. What becomes of a connection whose request was answered by an upgrade. This header includes Beast.
#include <memory>
#include <rowan/hosts/beast/streams.hpp>

namespace rowan::hosts::beast {

struct Upgraded {
  http::Request request{};    // a handshake, as Site::websocket checks it
  http::Response response{};  // 101, with its upgrade
  std::unique_ptr<Places::Place> place{};
};

/// A place for one more, until it is destroyed; null when ServerOptions::websocket has none left.
class WebSocketPlace {
 public:
  static std::unique_ptr<WebSocketPlace> take(Serving& serving);
  ~WebSocketPlace() { serving_.websockets.fetch_sub(1); }
  WebSocketPlace(const WebSocketPlace&) = delete;
  WebSocketPlace& operator=(const WebSocketPlace&) = delete;

 private:
  explicit WebSocketPlace(Serving& serving) : serving_(serving) {}
  Serving& serving_;
};

/// On the worker's thread. It stays among the connections of `serving`, as which it was counted before.
void open_websocket(PlainStream stream, Upgraded upgraded, std::unique_ptr<WebSocketPlace> place, Worker& worker,
                    Serving& serving);
void open_websocket(TlsStream stream, Upgraded upgraded, std::unique_ptr<WebSocketPlace> place, Worker& worker,
                    Serving& serving);

}  // namespace rowan::hosts::beast
