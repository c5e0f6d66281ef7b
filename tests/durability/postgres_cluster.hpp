#pragma once
// PostgresCluster: a PostgreSQL of the test's own, to be crashed and started again.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "serving.hpp"

namespace rowan::durability {

/// Throws std::runtime_error when it cannot be made. Not running until start().
class PostgresCluster {
 public:
  /// Where initdb and pg_ctl are; empty when nobody said.
  static std::string programs() {
    const char* const bin = std::getenv("ROWAN_TEST_POSTGRES_BIN");
    return bin ? bin : "";
  }

  PostgresCluster() : bin_(programs()), port_(std::to_string(free_port())) {
    auto pattern = (std::filesystem::temp_directory_path() / "rowan-cluster-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    // The servers leave our process group: whoever waits here for our end, a clean one or a kill, tidies up behind us.
    const auto tidy = "trap '' INT TERM HUP; cat >/dev/null; " +
                      as_server("pg_ctl -D " + folder_ + "/data -m immediate -w -s stop") +
                      " >/dev/null 2>&1; rm -rf '" + folder_ + "'";
    tidier_ = ::popen(tidy.c_str(), "we");
    if (!tidier_) throw std::runtime_error("cannot start a shell");
    if (is_root() && Child({.words = {"/bin/chown", "postgres", folder_}, .folder = folder_}).wait() != 0)
      fail("there is no user postgres");
    if (!run("initdb -A trust -U postgres -E UTF8 --locale=C -N -D " + folder_ + "/data")) fail("initdb failed");
  }
  ~PostgresCluster() { ::pclose(tidier_); }
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  bool start() {
    return run("pg_ctl -D " + folder_ + "/data -l " + folder_ + "/log -w -s -o \"-h 127.0.0.1 -p " + port_ +
               " -k '' -c fsync=off\" start");
  }
  /// As after a crash: nobody is told, nothing is tidied.
  bool crash() { return run("pg_ctl -D " + folder_ + "/data -m immediate -w -s stop"); }
  std::string url() const { return "postgres://postgres@127.0.0.1:" + port_ + "/postgres"; }

 private:
  static bool is_root() { return ::geteuid() == 0; }
  // PostgreSQL refuses to run as root.
  std::string as_server(const std::string& command) const {
    return "cd '" + folder_ + "' && " + (is_root() ? "runuser -u postgres -- " : "") + "'" + bin_ + "'/" + command;
  }
  // Not std::system: it blocks SIGCHLD on this thread only, and the signal then breaks off a read of another.
  bool run(const std::string& command) const {
    return Child({.words = {"/bin/sh", "-c", as_server(command) + " >/dev/null 2>&1"}, .folder = folder_}).wait() == 0;
  }
  [[noreturn]] void fail(const char* why) {
    ::pclose(tidier_);  // the destructor of what was never made does not run
    throw std::runtime_error(why);
  }

  const std::string bin_, port_;
  std::string folder_{};
  std::FILE* tidier_ = nullptr;
};

}  // namespace rowan::durability
