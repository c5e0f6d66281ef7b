#pragma once
// A server on 127.0.0.1 that talks to each connection as a test says, rightly or not. TLS by OpenSSL.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <rowan/base/without_sigpipe.hpp>
#include <rowan/testing/certificate.hpp>
#include <string>
#include <thread>
#include <vector>

namespace rowan::http::for_tests {

/// One connection. Every call is false or empty when the other side has gone.
class Talk {
 public:
  explicit Talk(int descriptor) : descriptor_(descriptor) {}

  bool say(const std::string& bytes) {
    const auto size = static_cast<int>(bytes.size());
    return (tls_ ? SSL_write(tls_.get(), bytes.data(), size)
                 : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL)) == size;
  }
  /// A header, and the body that it announces.
  std::string hear() {
    std::size_t wanted = 0;
    while (wanted == 0 || pending_.size() < wanted) {
      if (const auto end = pending_.find("\r\n\r\n"); wanted == 0 && end != std::string::npos) {
        const auto length = pending_.find("Content-Length: ");
        wanted = end + 4 + (length < end ? std::stoul(pending_.substr(length + 16)) : 0);
        continue;
      }
      if (!read()) return {};
    }
    const auto request = pending_.substr(0, wanted);
    pending_.erase(0, wanted);
    return request;
  }
  /// Until the other side gives up.
  void wait() {
    while (read()) {
    }
  }
  bool start_tls(SSL_CTX* context) {
    tls_.reset(SSL_new(context));
    SSL_set_fd(tls_.get(), descriptor_);
    return SSL_accept(tls_.get()) == 1;
  }

 private:
  bool read() {
    char buffer[4096];
    const auto got = tls_ ? SSL_read(tls_.get(), buffer, sizeof buffer) : ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (got > 0) pending_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }
  int descriptor_;
  std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, &SSL_free};
  std::string pending_{};
};

/// Each connection has a thread and ends when `talk` returns. The second argument: which connection it is, from 1.
class Server {
 public:
  using Talker = std::function<void(Talk&, int)>;
  explicit Server(Talker talk, const testing::Certificate* certificate = nullptr)
      : talk_(std::move(talk)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (certificate != nullptr) context_ = context_with(*certificate);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no free port");
    port_ = ntohs(address.sin_port);
    accepter_ = std::jthread([this] { accept_all(); });
  }
  ~Server() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      for (const int one : open_) ::shutdown(one, SHUT_RDWR);
    }
    accepter_.join();
    talkers_.clear();
    ::close(listener_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string port() const { return std::to_string(port_); }
  int connections() const { return connections_; }

  static std::shared_ptr<SSL_CTX> context_with(const testing::Certificate& certificate) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(context.get(), certificate.x509());
    SSL_CTX_use_PrivateKey(context.get(), certificate.key());
    return context;
  }

 private:
  void accept_all() {
    for (;;) {
      const int one = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (one < 0) return;
      const std::lock_guard lock(mutex_);
      if (stopping_) return static_cast<void>(::close(one));
      const int number = ++connections_;
      open_.push_back(one);
      talkers_.emplace_back([this, one, number] {
        const WithoutSigpipe quiet;
        {
          Talk talk(one);
          if (!context_ || talk.start_tls(context_.get())) talk_(talk, number);
        }
        const std::lock_guard closing(mutex_);
        std::erase(open_, one);
        ::close(one);
      });
    }
  }

  const Talker talk_;
  const int listener_;
  std::uint16_t port_ = 0;
  std::shared_ptr<SSL_CTX> context_{};
  std::mutex mutex_{};
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::vector<int> open_{};
  std::vector<std::jthread> talkers_{};
  std::jthread accepter_{};
};

inline std::string answer(const std::string& body, const std::string& fields = {}) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body;
}

/// Says the same to every request.
inline Server::Talker always(const std::string& bytes) {
  return [bytes](Talk& talk, int) {
    while (!talk.hear().empty())
      if (!talk.say(bytes)) return;
  };
}

/// Says it once and closes the connection.
inline Server::Talker once(const std::string& bytes) {
  return [bytes](Talk& talk, int) {
    if (!talk.hear().empty()) talk.say(bytes);
  };
}

}  // namespace rowan::http::for_tests
