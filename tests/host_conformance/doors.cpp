#include "doors.hpp"

#include <httplib.h>

#include <rowan/hosts/beast/service.hpp>
#include <rowan/hosts/httplib/mount.hpp>
#include <thread>

namespace rowan::host_conformance {

namespace {

class BeastDoor final : public Door {
 public:
  explicit BeastDoor(hosts::Answerer answerer) : service_({.port = 0, .io_threads = 2}, std::move(answerer)) {
    started_ = static_cast<bool>(service_.start());
  }
  std::string_view name() const override { return "beast"; }
  unsigned short port() const override { return started_ ? service_.port() : 0; }

 private:
  hosts::beast::Service service_;
  bool started_ = false;
};

class HttplibDoor final : public Door {
 public:
  explicit HttplibDoor(hosts::Answerer answerer) {
    hosts::httplib::mount(server_, std::move(answerer), admission_);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~HttplibDoor() override {
    server_.stop();
    thread_.join();
  }
  std::string_view name() const override { return "httplib"; }
  unsigned short port() const override { return static_cast<unsigned short>(port_); }

 private:
  Admission admission_{Admission::Limits{}};
  ::httplib::Server server_{};
  int port_ = 0;
  std::thread thread_{};
};

}  // namespace

std::unique_ptr<Door> open_beast(hosts::Answerer answerer) { return std::make_unique<BeastDoor>(std::move(answerer)); }
std::unique_ptr<Door> open_httplib(hosts::Answerer answerer) {
  return std::make_unique<HttplibDoor>(std::move(answerer));
}

}  // namespace rowan::host_conformance
