#include <chrono>
#include <fstream>
#include <random>
#include <stdexcept>
#include <thread>

#include "client.hpp"
#include "serving.hpp"

namespace rowan::durability {

unsigned short free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> below_the_ephemeral(20000, 29999);
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int port = below_the_ephemeral(random);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<unsigned short>(port));
    const bool is_free = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    if (is_free) return static_cast<unsigned short>(port);
  }
  throw std::runtime_error("no free port");
}

Serving::Serving(ServingOptions options) : options_(std::move(options)) {
  if (options_.database.empty()) options_.database = "sqlite:" + folder_.path() + "/rowan.db";
  std::ofstream(folder_.path() + "/rowan.toml") << options_.config;
}

void Serving::start() {
  const bool is_first = port_ == 0;
  for (int attempt = 1;; ++attempt) {
    if (is_first) port_ = free_port();
    const auto port = std::to_string(port_);
    const auto said_before = log().size();
    std::vector<std::string> environment{"ROWAN_MAIL=" + options_.mail,
                                         std::string("ROWAN_LIMITS__ENABLED=") + (options_.limits ? "true" : "false")};
    if (options_.metrics != 0)
      environment.push_back("ROWAN_METRICS_LISTEN=127.0.0.1:" + std::to_string(options_.metrics));
    if (!options_.trusted_proxies.empty()) environment.push_back("ROWAN_TRUSTED_PROXIES=" + options_.trusted_proxies);
    const auto base_url = options_.base_url.empty() ? "http://localhost:" + port : options_.base_url;
    child_.emplace(Command{.words = {options_.program, "serve", "--dev", "--port", port, "--database",
                                     options_.database, "--base-url", base_url},
                           .environment = std::move(environment),
                           .folder = folder_.path()});
    if (is_up()) return;
    // Somebody took the port between our look and its start: only the first start may choose another.
    const auto said = log().substr(said_before);
    if (!is_first || attempt == 5 || said.find("already in use") == said.npos)
      throw std::runtime_error("rowan did not start:\n" + said);
  }
}

bool Serving::is_up() {
  while (child_->is_running()) {
    if (Client(port_).get("/public").status == 200) return child_->is_running();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return false;
}

int Serving::end(int signal) {
  const int how = child_ ? child_->end(signal) : 0;
  child_.reset();
  return how;
}

}  // namespace rowan::durability
