#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <rowan/testing/local_http_server.hpp>
#include <stdexcept>
#include <thread>

namespace rowan::testing {

namespace {

constexpr std::size_t most_request_bytes = 256 * 1024;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The header of a request, up to its empty line; nullopt when it is none.
std::optional<http::Request> read_header(std::string_view text) {
  http::Request request;
  for (bool first = true; !text.empty(); first = false) {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    if (first) {
      const auto method = line.find(' '), target = line.rfind(' ');
      if (method == std::string_view::npos || target <= method + 1 || line[method + 1] != '/') return std::nullopt;
      request.method = http::parse_method(line.substr(0, method));
      const auto path = line.substr(method + 1, target - method - 1), query = path.substr(path.find('?') + 1);
      request.path = path.substr(0, path.find('?'));
      if (path.size() != request.path.size()) request.query = query;
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    request.headers.add(std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
  }
  return request;
}

/// Of the body; nullopt when there is no way to know it.
std::optional<std::size_t> length_in(const http::Headers& headers) {
  if (headers.count("Transfer-Encoding") > 0 || headers.count("Content-Length") > 1) return std::nullopt;
  const auto field = headers.single("Content-Length");
  if (!field) return 0;
  std::size_t length = 0;
  const auto [end, failed] = std::from_chars(field->data(), field->data() + field->size(), length);
  if (failed != std::errc{} || end != field->data() + field->size()) return std::nullopt;
  return length;
}

bool send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Nullopt when the other side went or sent no request.
std::optional<http::Request> receive(int descriptor) {
  std::string bytes;
  std::optional<http::Request> request;
  std::size_t wanted = 0;
  for (;;) {
    const auto end = request ? std::string::npos : bytes.find("\r\n\r\n");
    if (end != std::string::npos) {
      request = read_header(std::string_view(bytes).substr(0, end));
      const auto length = request ? length_in(request->headers) : std::nullopt;
      if (!length || *length > most_request_bytes) return std::nullopt;
      wanted = end + 4 + *length;
    }
    if (request && bytes.size() >= wanted) {
      request->body = bytes.substr(wanted - *length_in(request->headers));
      return request;
    }
    char buffer[4096];
    const auto got = ::recv(descriptor, buffer, sizeof buffer, 0);
    if (got <= 0 || bytes.size() > most_request_bytes) return std::nullopt;
    bytes.append(buffer, static_cast<std::size_t>(got));
  }
}

std::string header_of(const LocalHttpServer::Answer& answer) {
  const auto& response = answer.response;
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
  text.append(http::reason_phrase(response.status)).append("\r\nConnection: close\r\n");
  if (!response.content_type.empty()) text += "Content-Type: " + response.content_type + "\r\n";
  for (const auto& [name, value] : response.headers.all()) text.append(name).append(": ").append(value).append("\r\n");
  if (answer.sending != LocalHttpServer::Sending::endless) {
    const std::size_t missing = answer.sending == LocalHttpServer::Sending::truncated ? 1024 : 0;
    text += "Content-Length: " + std::to_string(response.content().size() + missing) + "\r\n";
  }
  return text + "\r\n";
}

/// Blocks until the other side goes, or the server stops.
void wait_for_end(int descriptor) {
  char buffer[4096];
  while (::recv(descriptor, buffer, sizeof buffer, 0) > 0) {
  }
}

}  // namespace

struct LocalHttpServer::State {
  struct Connection {
    int descriptor = -1;
    bool done = false;
    std::jthread thread{};
  };

  int listener = -1;
  std::uint16_t port = 0;
  Handler handler{};
  std::mutex mutex{};
  std::condition_variable stopped{};
  bool stopping = false;
  std::list<Connection> connections{};
  std::jthread accepter{};

  void accept_all() {
    for (;;) {
      const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
      if (descriptor < 0) return;
      const std::lock_guard lock(mutex);
      if (stopping) {
        ::close(descriptor);
        return;
      }
      connections.remove_if([](const Connection& one) { return one.done; });
      auto& connection = connections.emplace_back();
      connection.descriptor = descriptor;
      connection.thread = std::jthread([this, &connection] {
        talk(connection.descriptor);
        const std::lock_guard closing(mutex);
        ::close(connection.descriptor);
        connection.done = true;
      });
    }
  }

  void talk(int descriptor) {
    const auto request = receive(descriptor);
    if (!request) return;
    Answer answer;
    try {
      answer = handler(*request);
    } catch (const std::exception&) {
      answer.response.status = 500;
    }
    if (answer.after.count() > 0) {
      std::unique_lock lock(mutex);
      if (stopped.wait_for(lock, answer.after, [this] { return stopping; })) return;
    }
    if (answer.sending == Sending::never) return wait_for_end(descriptor);
    bool heard = send_all(descriptor, header_of(answer)) && send_all(descriptor, answer.response.content());
    // Blanks, which JSON may have behind it.
    while (heard && answer.sending == Sending::endless) heard = send_all(descriptor, std::string(16 * 1024, ' '));
  }
};

LocalHttpServer::LocalHttpServer() : state_(std::make_unique<State>()) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  state_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (state_->listener < 0 || ::bind(state_->listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(state_->listener, 64) != 0 ||
      ::getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    if (state_->listener >= 0) ::close(state_->listener);
    throw std::runtime_error("LocalHttpServer: no free port on 127.0.0.1");
  }
  state_->port = ntohs(address.sin_port);
}

LocalHttpServer::~LocalHttpServer() {
  stop();
  ::close(state_->listener);
}

std::string LocalHttpServer::origin() const { return "http://127.0.0.1:" + std::to_string(state_->port); }

void LocalHttpServer::serve(Handler handler) {
  state_->handler = std::move(handler);
  state_->accepter = std::jthread([state = state_.get()] { state->accept_all(); });
}

void LocalHttpServer::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    for (const auto& one : state_->connections)
      if (!one.done) ::shutdown(one.descriptor, SHUT_RDWR);
  }
  state_->stopped.notify_all();
  ::shutdown(state_->listener, SHUT_RDWR);
  if (state_->accepter.joinable()) state_->accepter.join();
  // Without the lock, which each of them takes at its end; no one adds to them now.
  state_->connections.clear();
}

}  // namespace rowan::testing
