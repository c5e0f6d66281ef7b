#pragma once
// A TCP endpoint of 127.0.0.1 before a server: it can be pointed elsewhere, fall silent, cut what is connected, and
// take away one message or the answer to it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace rowan::storage::for_tests {

/// Thread-safe.
class Relay {
 public:
  enum class Loss {
    of_the_answer,           // the server has done it; then the connection ends
    of_the_answer_for_long,  // the server has done it; then nothing more comes, and nothing ends
    of_the_message,          // the server never gets it; then the connection ends
  };

  explicit Relay(unsigned short to) : to_(to) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 64) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no port for a relay");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) turn();
    });
  }
  ~Relay() {
    thread_.request_stop();
    thread_.join();
    for (auto& pair : pairs_) close(pair);
    ::close(listener_);
  }
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  unsigned short port() const { return port_; }
  /// For what connects from now on.
  void point_to(unsigned short to) { to_ = to; }
  /// Bytes are taken in by the kernel and go no further, as when the server's process was stopped.
  void freeze() { frozen_ = true; }
  void thaw() { frozen_ = false; }
  /// Ends what is connected.
  void cut() {
    cut_ = true;
    while (cut_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  /// What is connected stays so, and nothing more comes of it; what connects from now on is not concerned.
  void silence() {
    silence_ = true;
    while (silence_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  /// What connects is hung up on at once.
  void refuse(bool refused) { refused_ = refused; }
  /// Of the next message of a client that holds `text`.
  void lose_next(std::string text, Loss loss) {
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
    loss_ = loss;
  }
  int lost() const { return lost_; }

 private:
  struct Pair {
    int client = -1, server = -1;
    bool answer_is_lost = false, silent = false;
  };

  static sockaddr_in loopback(unsigned short port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static void close(Pair& pair) {
    if (pair.client >= 0) ::close(pair.client);
    if (pair.server >= 0) ::close(pair.server);
    pair.client = pair.server = -1;
  }

  void turn() {
    if (cut_) {
      for (auto& pair : pairs_) close(pair);
      pairs_.clear();
      cut_ = false;
    }
    if (silence_) {
      for (auto& pair : pairs_) pair.silent = true;
      silence_ = false;
    }
    if (frozen_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      return;
    }
    std::vector<pollfd> sockets{{.fd = listener_, .events = POLLIN, .revents = 0}};
    for (const auto& pair : pairs_) {
      for (const int socket : {pair.client, pair.server})
        sockets.push_back({.fd = pair.silent ? -1 : socket, .events = POLLIN, .revents = 0});
    }
    if (::poll(sockets.data(), sockets.size(), 5) <= 0) return;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if (sockets[1 + 2 * i].revents != 0) from_client(pairs_[i]);
      if (sockets[2 + 2 * i].revents != 0 && pairs_[i].server >= 0) from_server(pairs_[i]);
    }
    std::erase_if(pairs_, [](const Pair& pair) { return pair.client < 0; });
    if (sockets[0].revents != 0) accept();
  }

  void accept() {
    Pair pair{.client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC),
              .server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto address = loopback(to_);
    if (refused_ || ::connect(pair.server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return close(pair);
    }
    const int on = 1;
    for (const int socket : {pair.client, pair.server}) ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pairs_.push_back(pair);
  }

  void from_client(Pair& pair) {
    const auto message = received(pair.client);
    if (message.empty()) return close(pair);
    switch (loss_of(message)) {
      case 1: return close(pair);
      case 2: pair.answer_is_lost = true; break;
      default: break;
    }
    if (!send(pair.server, message)) close(pair);
  }

  void from_server(Pair& pair) {
    const auto message = received(pair.server);
    if (message.empty()) return close(pair);
    if (pair.answer_is_lost) {
      const std::lock_guard lock(mutex_);
      if (loss_ == Loss::of_the_answer_for_long) {
        pair.silent = true;
      } else {
        close(pair);
      }
      ++lost_;
      return;
    }
    if (!send(pair.client, message)) close(pair);
  }

  // 0: none, 1: of the message, 2: of its answer.
  int loss_of(const std::string& message) {
    const std::lock_guard lock(mutex_);
    if (text_.empty() || message.find(text_) == message.npos) return 0;
    text_.clear();
    if (loss_ != Loss::of_the_message) return 2;
    ++lost_;
    return 1;
  }

  static std::string received(int socket) {
    std::array<char, 65536> bytes{};
    const auto count = ::recv(socket, bytes.data(), bytes.size(), 0);
    return count > 0 ? std::string(bytes.data(), static_cast<std::size_t>(count)) : std::string();
  }
  static bool send(int socket, const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const auto count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }

  std::atomic<unsigned short> to_;
  int listener_ = -1;
  unsigned short port_ = 0;
  std::atomic<bool> frozen_ = false, cut_ = false, silence_ = false, refused_ = false;
  std::atomic<int> lost_ = 0;
  std::mutex mutex_{};
  std::string text_{};               // under mutex_
  Loss loss_ = Loss::of_the_answer;  // under mutex_
  std::vector<Pair> pairs_{};        // of the thread
  std::jthread thread_{};
};

/// `url` with another port of 127.0.0.1; everything between '@' and the '/' behind it is the server's address.
inline std::string through(const Relay& relay, std::string url) {
  const auto at = url.find('@') + 1;
  return url.replace(at, url.find('/', at) - at, "127.0.0.1:" + std::to_string(relay.port()));
}
inline unsigned short port_of(const std::string& url) {
  const auto at = url.find('@');
  return static_cast<unsigned short>(std::stoul(url.substr(url.find(':', at) + 1)));
}

}  // namespace rowan::storage::for_tests
