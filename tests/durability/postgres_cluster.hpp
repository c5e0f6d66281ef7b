#pragma once
// PostgresCluster: a PostgreSQL of the test's own, to be crashed, frozen, followed, promoted and started again.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "serving.hpp"

namespace rowan::durability {

/// Throws std::runtime_error when it cannot be made. Not running until start().
class PostgresCluster {
 public:
  /// Where initdb and pg_ctl are; empty when unknown.
  static std::string programs() {
    const char* const bin = std::getenv("ROWAN_TEST_POSTGRES_BIN");
    return bin ? bin : "";
  }

  PostgresCluster() : PostgresCluster(nullptr) {}
  /// What `of` has now; it follows `of` as a hot standby, or goes on alone from there.
  enum class As { standby, primary };
  static std::unique_ptr<PostgresCluster> copy(const PostgresCluster& of, As as) {
    std::unique_ptr<PostgresCluster> made(new PostgresCluster(&of));
    if (as == As::primary) std::filesystem::remove(made->standby_signal());
    return made;
  }
  ~PostgresCluster() { ::pclose(tidier_); }
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;

  bool start() {
    return run("pg_ctl -D " + data() + " -l " + folder_ + "/log -w -s -o \"-h 127.0.0.1 -p " + std::to_string(port_) +
               " -k '' -c fsync=off\" start");
  }
  /// As after a crash: without warning and without cleaning up.
  bool crash() { return run("pg_ctl -D " + data() + " -m immediate -w -s stop"); }
  bool promote() { return run("pg_ctl -D " + data() + " -w -s promote"); }
  /// It comes back as a standby that follows nobody: it can be read, and not written.
  bool demote() {
    if (!run("pg_ctl -D " + data() + " -m fast -w -s stop")) return false;
    std::ofstream(standby_signal()).flush();
    return start();
  }
  /// All of its processes stop, and the kernel goes on to answer for them.
  void freeze() const { signal_all(SIGSTOP); }
  void thaw() const { signal_all(SIGCONT); }

  unsigned short port() const { return port_; }
  std::string url() const { return "postgres://postgres@127.0.0.1:" + std::to_string(port_) + "/postgres"; }

  /// What psql prints; "psql failed" when it does not like it. `port`: of a pooler, say.
  std::string ask(const std::string& sql, unsigned short port = 0) const {
    const TemporaryFolder place;
    Child psql(psql_command(sql, port, place.path()));
    if (psql.wait() != 0) return "psql failed: " + text_of(place.path() + "/stderr.txt");
    auto said = text_of(place.path() + "/stdout.txt");
    while (said.ends_with('\n')) said.pop_back();
    return said;
  }
  /// A session of an application's that goes on beside the test.
  std::unique_ptr<Child> beside(const std::string& sql) const {
    return std::make_unique<Child>(psql_command(sql, 0, folder_));
  }

 private:
  explicit PostgresCluster(const PostgresCluster* of) : bin_(programs()), port_(free_port()) {
    auto pattern = (std::filesystem::temp_directory_path() / "rowan-cluster-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    // The servers leave our process group. The shell below waits for our end, clean or killed, and cleans up after us.
    // Frozen processes take no order to stop.
    const auto tidy = "trap '' INT TERM HUP; cat >/dev/null; kill -CONT $(head -1 " + data() +
                      "/postmaster.pid 2>/dev/null) 2>/dev/null; " +
                      as_server("pg_ctl -D " + data() + " -m immediate -w -s stop") + " >/dev/null 2>&1; rm -rf '" +
                      folder_ + "'";
    tidier_ = ::popen(tidy.c_str(), "we");
    if (!tidier_) throw std::runtime_error("cannot start a shell");
    if (is_root() && Child({.words = {"/bin/chown", "postgres", folder_}, .folder = folder_}).wait() != 0)
      fail("there is no user postgres");
    const auto made = of ? "pg_basebackup -d " + of->url() + " -D " + data() + " -X stream -c fast --no-sync -R"
                         : "initdb -A trust -U postgres -E UTF8 --locale=C -N -D " + data();
    if (!run(made)) fail("initdb or pg_basebackup failed");
  }

  static bool is_root() { return ::geteuid() == 0; }
  std::string data() const { return folder_ + "/data"; }
  std::string standby_signal() const { return data() + "/standby.signal"; }
  // PostgreSQL refuses to run as root.
  std::string as_server(const std::string& command) const {
    return "cd '" + folder_ + "' && " + (is_root() ? "runuser -u postgres -- " : "") + "'" + bin_ + "'/" + command;
  }
  // Not std::system: it blocks SIGCHLD on this thread only, and the signal then breaks off a read of another.
  bool run(const std::string& command) const {
    return Child({.words = {"/bin/sh", "-c", as_server(command) + " >/dev/null 2>&1"}, .folder = folder_}).wait() == 0;
  }
  Command psql_command(const std::string& sql, unsigned short port, const std::string& folder) const {
    return {.words = {bin_ + "/psql", "-h", "127.0.0.1", "-p", std::to_string(port ? port : port_), "-U", "postgres",
                      "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-Atqc", sql},
            .folder = folder};
  }
  void signal_all(int signal) const {
    pid_t postmaster = 0;
    std::ifstream(data() + "/postmaster.pid") >> postmaster;
    if (postmaster <= 0) return;
    const auto id = std::to_string(postmaster);
    std::vector<pid_t> all{postmaster};
    std::ifstream children("/proc/" + id + "/task/" + id + "/children");
    for (pid_t child = 0; children >> child;) all.push_back(child);
    for (const auto process : all) ::kill(process, signal);
  }
  [[noreturn]] void fail(const char* why) {
    ::pclose(tidier_);  // the destructor of what was never made does not run
    tidier_ = nullptr;
    throw std::runtime_error(why);
  }

  const std::string bin_;
  const unsigned short port_;
  std::string folder_{};
  std::FILE* tidier_ = nullptr;
};

}  // namespace rowan::durability
