#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <rowan/testing/exchange.hpp>
#include <stdexcept>

namespace rowan::testing {

namespace {

constexpr std::string_view scheme = "http://";
constexpr timeval patience{.tv_sec = 10, .tv_usec = 0};

class Socket {
 public:
  explicit Socket(std::string_view authority) {
    const auto colon = authority.rfind(':');
    const std::string host(authority.substr(0, colon));
    const std::string port(colon == std::string_view::npos ? std::string_view("80") : authority.substr(colon + 1));
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0)
      throw std::runtime_error("no such host: " + host);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, &::freeaddrinfo);
    for (const auto* at = found; at != nullptr; at = at->ai_next) {
      socket_ = ::socket(at->ai_family, at->ai_socktype, at->ai_protocol);
      if (socket_ < 0) continue;
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
      if (::connect(socket_, at->ai_addr, at->ai_addrlen) == 0) return;
      ::close(socket_);
      socket_ = -1;
    }
    throw std::runtime_error("nothing listens at " + std::string(authority));
  }
  ~Socket() {
    if (socket_ >= 0) ::close(socket_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return;  // a server may answer and close before it has read everything
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  std::string read_to_end() {
    std::string all;
    std::array<char, 16384> part{};
    for (;;) {
      const auto count = ::recv(socket_, part.data(), part.size(), 0);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw std::runtime_error("the server does not answer");
      if (count == 0) return all;
      all.append(part.data(), static_cast<std::size_t>(count));
    }
  }

 private:
  int socket_ = -1;
};

std::string written(const http::Request& request, std::string_view authority) {
  auto text = std::string(http::name_of(request.method)) + " " + request.path +
              (request.query.empty() ? "" : "?" + request.query) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers.all()) text += name + ": " + value + "\r\n";
  if (request.headers.count("Host") == 0) text += "Host: " + std::string(authority) + "\r\n";  // RFC 9112 section 3.2
  text += "Connection: close\r\n";
  if (!request.body.empty() || request.method == http::Method::post)
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return text + "\r\n" + request.body;
}

http::Response read(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  http::Response response{.status = 0};
  if (end == std::string_view::npos || !answer.starts_with("HTTP/1.1 ")) throw std::runtime_error("no HTTP answer");
  std::from_chars(answer.data() + 9, answer.data() + 12, response.status);
  auto head = answer.substr(0, end + 2);
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) throw std::runtime_error("no HTTP header: " + std::string(line));
    auto value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (http::equal_without_case(line.substr(0, colon), "Content-Type")) response.content_type = value;
    response.headers.add(std::string(line.substr(0, colon)), std::string(value));
  }
  response.body = answer.substr(end + 4);
  return response;
}

}  // namespace

http::Response exchange_over_socket(std::string_view origin, const http::Request& request) {
  if (!origin.starts_with(scheme)) throw std::runtime_error("a Browser at a real port speaks plain http only");
  Socket socket(origin.substr(scheme.size()));
  socket.send(written(request, origin.substr(scheme.size())));
  return read(socket.read_to_end());
}

}  // namespace rowan::testing
