#pragma once
// Pooler: a pgbouncer of the test's own before a PostgresCluster.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "postgres_cluster.hpp"

namespace rowan::durability {

class Pooler {
 public:
  /// Its path; empty when it is not installed.
  static std::string program() {
    for (const auto* path : {"/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"})
      if (::access(path, X_OK) == 0) return path;
    return "";
  }

  /// `mode`: "transaction" or "session". `way`: a port that leads to the cluster. Throws std::runtime_error when the
  /// pooler does not start.
  Pooler(const PostgresCluster& cluster, const std::string& mode, unsigned short way = 0) : port_(free_port()) {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));  // it runs as another user
    const auto ini = folder_.path() + "/pgbouncer.ini";
    std::ofstream(ini) << "[databases]\npostgres = host=127.0.0.1 port=" << (way ? way : cluster.port())
                       << " dbname=postgres user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = "
                       << port_ << "\nunix_socket_dir =\nauth_type = any\npool_mode = " << mode
                       << "\ndefault_pool_size = " << (mode == "session" ? 30 : 4) << "\n";
    std::vector<std::string> words{program(), ini};
    if (::geteuid() == 0) words.insert(words.end(), {"-u", "postgres"});
    child_ = std::make_unique<Child>(Command{.words = words, .folder = folder_.path()});
    while (cluster.ask("SELECT 1", port_) != "1")
      if (!child_->is_running()) throw std::runtime_error("pgbouncer: " + text_of(folder_.path() + "/stderr.txt"));
  }

  unsigned short port() const { return port_; }
  std::string url() const { return "postgres://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres"; }

 private:
  TemporaryFolder folder_{};
  const unsigned short port_;
  std::unique_ptr<Child> child_{};
};

}  // namespace rowan::durability
