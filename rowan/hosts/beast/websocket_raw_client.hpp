#pragma once
// For tests: a WebSocket client that sends any frame, also one that no client may send, and reads what comes.
#include <cstdint>
#include <optional>
#include <rowan/hosts/beast/raw_client.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::hosts::testing {

class WebSocketRawClient {
 public:
  enum Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };
  struct Frame {
    Opcode opcode{};
    std::string payload{};
    /// Of a close frame; 1005 when it says none.
    std::uint16_t code() const {
      if (payload.size() < 2) return 1005;
      return static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8U |
                                        static_cast<unsigned char>(payload[1]));
    }
  };

  /// `lines`: more fields of the request, each "Name: value".
  explicit WebSocketRawClient(unsigned short port, std::string_view path = "/live",
                              const std::vector<std::string>& lines = {})
      : client_(port) {
    std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port) +
                          "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (const auto& line : lines) request += line + "\r\n";
    client_.send(request + "\r\n");
    head_ = client_.read_answer(false);
  }

  int status() const { return head_.status; }
  const std::string& head() const { return head_.head; }
  void send(std::string_view message) { send_frame(text, message); }
  void send_frame(Opcode opcode, std::string_view payload, bool last = true, bool masked = true) {
    std::string frame;
    frame += static_cast<char>((last ? 0x80U : 0U) | opcode);
    const unsigned mask_bit = masked ? 0x80U : 0U;
    if (payload.size() < 126) {
      frame += static_cast<char>(mask_bit | payload.size());
    } else if (payload.size() < 65536) {
      frame += static_cast<char>(mask_bit | 126U);
      for (const unsigned shift : {8U, 0U}) frame += static_cast<char>(payload.size() >> shift & 0xFFU);
    } else {
      frame += static_cast<char>(mask_bit | 127U);
      for (unsigned byte = 8; byte > 0; --byte)
        frame += static_cast<char>(std::uint64_t{payload.size()} >> (byte - 1) * 8 & 0xFFU);
    }
    constexpr std::string_view mask = "mask";
    if (masked) frame += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
      frame += masked ? static_cast<char>(payload[i] ^ mask[i % 4]) : payload[i];
    client_.send(frame);
  }
  void send_bytes(std::string_view bytes) { client_.send(bytes); }
  void send_close(std::uint16_t code) {
    send_frame(close, std::string{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)});
  }

  /// The next frame, whatever it is; nullopt when the server has closed the connection.
  std::optional<Frame> read_frame() {
    const auto start = client_.read_bytes(2);
    if (start.size() < 2) return std::nullopt;
    Frame frame{.opcode = static_cast<Opcode>(start[0] & 0x0F)};
    std::uint64_t size = static_cast<unsigned char>(start[1]);
    if (size >= 126) {
      const auto more = client_.read_bytes(size == 126 ? 2 : 8);
      size = 0;
      for (const char byte : more) size = size << 8U | static_cast<unsigned char>(byte);
    }
    frame.payload = client_.read_bytes(size);
    return frame;
  }
  /// The next text message, of one frame; pings are answered. Empty when something else comes.
  std::string read() {
    for (auto frame = read_frame(); frame; frame = read_frame()) {
      if (frame->opcode == ping) {
        send_frame(pong, frame->payload);
        continue;
      }
      return frame->opcode == text ? frame->payload : std::string();
    }
    return {};
  }
  /// Reads until the server closes, and says with which code; 0 when the connection was cut. The close is answered.
  std::uint16_t read_close() {
    for (auto frame = read_frame(); frame; frame = read_frame()) {
      if (frame->opcode != close) continue;
      send_frame(close, frame->payload);
      client_.finish();
      return frame->code();
    }
    return 0;
  }
  /// Whether nothing more comes, and the connection ends.
  bool is_cut() { return !read_frame() && !client_.timed_out(); }

 private:
  RawClient client_;
  RawAnswer head_{};
};

}  // namespace rowan::hosts::testing
