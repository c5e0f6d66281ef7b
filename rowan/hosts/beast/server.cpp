#include <cstdio>
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/hosts/beast/service.hpp>

namespace rowan::hosts::beast {

struct Server::Parts {
  Service service;
};

Server::Server(ServerOptions options) : parts_(new Parts{.service = Service(std::move(options), answer_from(site_))}) {}

Server::~Server() = default;

void Server::mount(Routes routes) { site_.mount(std::move(routes)); }

Result<> Server::start() {
  unsigned connections = 0;  // of the database that has the fewest
  for (const auto& routes : site_.mounts()) {
    const auto count = engine::core_of(routes.auth()).spine.database.connections();
    if (count > 0 && (connections == 0 || count < connections)) connections = count;
  }
  parts_->service.share_connections(connections);
  ROWAN_CHECK(parts_->service.start());
  start_auths(site_);
  return {};
}

int Server::run() {
  if (const auto started = start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().reason.c_str());
    return 2;
  }
  parts_->service.wait_for_signal();
  stop();
  return 0;
}

unsigned short Server::port() const { return parts_->service.port(); }

void Server::stop() { parts_->service.stop(); }

}  // namespace rowan::hosts::beast
