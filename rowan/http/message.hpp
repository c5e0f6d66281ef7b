#pragma once
// Request and Response as every part of Rowan sees them, independent of the host's types and of sockets.
#include <memory>
#include <optional>
#include <rowan/http/ip_address.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::http {

struct WebSocketUpgrade;  // http/websocket.hpp

enum class Method { get, head, post, put, patch, delete_, options, other };

Method parse_method(std::string_view text);  // case-sensitive (RFC 9110 section 9.1)
std::string_view name_of(Method method);

struct Header {
  std::string name{};
  std::string value{};
};

/// Header fields in order; names compare without case. Meant for a handful of them.
class Headers {
 public:
  /// The value if the field occurs exactly once; nullopt when absent or repeated.
  std::optional<std::string_view> single(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  void add(std::string name, std::string value) { list_.push_back({std::move(name), std::move(value)}); }
  /// Replaces all fields of that name.
  void set(std::string_view name, std::string value);
  void remove(std::string_view name);
  const std::vector<Header>& all() const { return list_; }
  std::vector<Header>& all() { return list_; }

 private:
  std::vector<Header> list_{};
};

bool equal_without_case(std::string_view a, std::string_view b);  // ASCII only

/// What stands behind the scheme "Bearer", in any case, and one blank (RFC 9110 section 11.4); nullopt for another
/// scheme, and when nothing stands there. RFC 9110 allows more blanks: here they are part of the token, and no token
/// has one. No allocation.
std::optional<std::string_view> bearer_token(std::string_view authorization);

/// A request whose framing the host has already checked and bounded.
struct Request {
  Method method = Method::get;
  std::string path = "/";  // as sent, still percent-encoded, begins with '/'
  std::string query{};     // after '?', still encoded
  Headers headers{};
  std::string body{};
  IpAddress peer{};  // the other end of the socket; protection/ decides whether to trust it as a proxy
  bool tls = false;  // on this socket
};

/// RequestView::authorization of a request with several: no guard takes it.
inline constexpr std::string_view more_than_one_credential = "several";

/// The parts of a request that a guard reads. They stay in the host's memory; nothing is copied.
struct RequestView {
  std::string_view cookie{};         // all Cookie fields, joined with "; "
  std::string_view authorization{};  // the one Authorization field; of several, more_than_one_credential
  std::string_view query{};          // after '?', still encoded; read only where a credential may stand there
};

struct Response {
  int status = 200;
  std::string content_type{};  // with charset; empty when there is no body
  std::string body{};
  Headers headers{};               // Location, Set-Cookie, Cache-Control …
  std::string_view shared_body{};  // instead of `body`: bytes that live as long as the process (assets)
  /// With status 101: the connection goes on as a WebSocket. A host that has none answers 501 instead.
  std::shared_ptr<const WebSocketUpgrade> upgrade{};

  std::string_view content() const { return shared_body.empty() ? std::string_view(body) : shared_body; }
};

/// "404" → "Not Found".
std::string_view reason_phrase(int status);

}  // namespace rowan::http
