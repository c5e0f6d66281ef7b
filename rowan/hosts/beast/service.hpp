#pragma once
// Service: threads, pools and the listening socket, over any Answerer. Server is this over a Site.
#include <memory>
#include <rowan/hosts/answerer.hpp>
#include <rowan/hosts/beast/server.hpp>

namespace rowan::hosts::beast {

class Service {
 public:
  Service(ServerOptions options, Answerer answerer);
  ~Service();  // stop()
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Call it before start(): how many database connections the threads share. 0: not known.
  void share_connections(unsigned count);
  Result<> start();
  unsigned short port() const;
  /// Returns at SIGINT, SIGTERM or stop(). While it waits those signals do not end the process; afterwards they do
  /// again.
  void wait_for_signal();
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace rowan::hosts::beast
