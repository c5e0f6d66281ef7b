#pragma once
// Requests as a program and a browser send them, each on a connection of its own.
#include <rowan/base/json.hpp>
#include <rowan/hosts/beast/raw_client.hpp>
#include <string>
#include <string_view>

namespace rowan::durability {

/// Status 0: none came, because the server is gone.
using Answer = hosts::testing::RawAnswer;

inline constexpr std::string_view password = "correct horse battery staple";

/// "Name: value" of an answer's head; empty when it has none.
inline std::string header_of(const Answer& answer, std::string_view name) {
  const auto start = answer.head.find("\r\n" + std::string(name) + ": ");
  if (start == answer.head.npos) return {};
  const auto value = start + name.size() + 4;
  return answer.head.substr(value, answer.head.find("\r\n", value) - value);
}

/// The text at a path such as "authentication", "bearer" of an answer's JSON; empty when there is none.
inline std::string text_at(const Answer& answer, std::initializer_list<std::string_view> path) {
  auto at = Json::parse(answer.body);
  if (!at) return {};
  for (const auto step : path) {
    const auto next = at->find(step);
    if (!next) return {};
    at = *next;
  }
  return std::string(at->as_text().value_or(std::string_view()));
}

class Client {
 public:
  explicit Client(unsigned short port) : port_(port) {}

  /// Sent with every further request: "Cookie: …", "Authorization: Bearer …".
  Client& with(const std::string& line) {
    lines_ += line + "\r\n";
    return *this;
  }
  Answer get(std::string_view path) const { return send("GET", path, "", ""); }
  Answer post(std::string_view path, const Json& body) const {
    return send("POST", path, "application/json", body.text());
  }
  /// What post() sends, for a test that decides itself when the last byte goes.
  std::string bytes_of_post(std::string_view path, const Json& body) const {
    return bytes_of("POST", path, "application/json", body.text());
  }
  Answer post_form(std::string_view path, std::string_view body) const {
    return send("POST", path, "application/x-www-form-urlencoded", body);
  }
  Answer register_account(std::string_view email) const {
    return post("/api/auth/user/password/register",
                {{"user", {{"email", email}, {"password", password}, {"password_confirmation", password}}}});
  }
  Answer sign_in(std::string_view email) const {
    return post("/api/auth/user/password/sign_in", {{"user", {{"email", email}, {"password", password}}}});
  }
  Answer ask_for_reset(std::string_view email) const {
    return post("/api/auth/user/password/reset_request", {{"user", {{"email", email}}}});
  }

 private:
  Answer send(std::string_view method, std::string_view path, std::string_view type, std::string_view body) const {
    return hosts::testing::RawClient(port_).ask(bytes_of(method, path, type, body));
  }
  std::string bytes_of(std::string_view method, std::string_view path, std::string_view type,
                       std::string_view body) const {
    std::string bytes = std::string(method) + " " + std::string(path) +
                        " HTTP/1.1\r\nHost: localhost:" + std::to_string(port_) + "\r\nConnection: close\r\n" + lines_;
    if (!type.empty())
      bytes += "Content-Type: " + std::string(type) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return bytes + "\r\n" + std::string(body);
  }

  unsigned short port_;
  std::string lines_{};
};

}  // namespace rowan::durability
