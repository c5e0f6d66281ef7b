#pragma once
// Doors: the same application behind each host, and one script of requests sent to all of them.
#include <map>
#include <memory>
#include <rowan/hosts/answerer.hpp>
#include <string>
#include <vector>

namespace rowan::host_conformance {

/// A running server on a free port of the loopback; stops when it goes.
class Door {
 public:
  virtual ~Door() = default;
  virtual std::string_view name() const = 0;
  virtual unsigned short port() const = 0;
};

std::unique_ptr<Door> open_beast(hosts::Answerer answerer);
std::unique_ptr<Door> open_httplib(hosts::Answerer answerer);

/// One request of a script. "{csrf}" and "{bearer}" in fields and body stand for what the answers so far said.
struct Step {
  std::string what{};
  std::string method = "GET";
  std::string target{};
  std::vector<std::string> fields{};  // "Name: value"
  std::string body{};                 // with its Content-Length, unless `chunked`
  bool chunked = false;
};

/// What must be the same through every door: the answer without what belongs to a connection, to the clock, or to
/// chance.
struct ComparableAnswer {
  int status = 0;
  std::vector<std::string> headers{};  // sorted
  std::string body{};
  bool operator==(const ComparableAnswer&) const = default;
};

/// A browser in one: cookies are kept and sent, one connection for each request.
class Visitor {
 public:
  explicit Visitor(const Door& door) : door_(door) {}
  ComparableAnswer take(const Step& step);

 private:
  std::string fill(std::string text) const;
  void remember(std::string_view head, std::string_view body);

  const Door& door_;
  std::map<std::string, std::string> cookies_{};
  std::string csrf_{}, bearer_{};
};

/// For a test's message.
std::string to_text(const ComparableAnswer& answer);

}  // namespace rowan::host_conformance
