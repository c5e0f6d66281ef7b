#pragma once
// For tests: a client that sends any bytes and reads what comes. A read gives up after ten seconds, so a broken server
// fails a test instead of hanging it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace rowan::hosts::testing {

struct RawAnswer {
  int status = 0;
  std::string head{};
  std::string body{};
};

class RawClient {
 public:
  /// `from`: another address of the loopback network, which makes it another client.
  explicit RawClient(unsigned short port, const char* from = nullptr) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (from != nullptr) {
      ::inet_pton(AF_INET, from, &address.sin_addr);
      ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  /// What a server that has closed does not take is not an error here.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Nothing more is sent.
  void finish() { ::shutdown(socket_, SHUT_WR); }
  /// Everything until the server closes; sets timed_out when it does not.
  std::string read_to_end() {
    while (read_some()) {
    }
    return std::exchange(received_, {});
  }
  bool timed_out() const { return timed_out_; }
  /// One answer by its Content-Length; status 0 when none comes.
  RawAnswer read_answer(bool has_body = true) {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == received_.npos) {
      if (!read_some()) return {};
    }
    RawAnswer answer{.head = received_.substr(0, end + 2)};
    received_.erase(0, end + 4);
    std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
    const auto length = has_body ? content_length(answer.head) : 0;
    while (received_.size() < length) {
      if (!read_some()) return {};
    }
    answer.body = received_.substr(0, length);
    received_.erase(0, length);
    return answer;
  }
  /// So many bytes; fewer when the server closes before.
  std::string read_bytes(std::size_t count) {
    while (received_.size() < count && read_some()) {
    }
    auto bytes = received_.substr(0, count);
    received_.erase(0, bytes.size());
    return bytes;
  }
  RawAnswer ask(std::string_view bytes) {
    send(bytes);
    return read_answer();
  }

 private:
  static std::size_t content_length(std::string_view head) {
    constexpr std::string_view name = "Content-Length: ";
    std::size_t length = 0;
    if (const auto at = head.find(name); at != head.npos) {
      std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    }
    return length;
  }
  bool read_some() {
    std::array<char, 4096> bytes;
    ssize_t count = 0;
    do count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    while (count < 0 && errno == EINTR);
    timed_out_ = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    if (count <= 0) return false;
    received_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
  }

  int socket_;
  bool connected_ = false, timed_out_ = false;
  std::string received_{};
};

}  // namespace rowan::hosts::testing
