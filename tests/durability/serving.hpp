#pragma once
// Serving: `rowan serve --dev` in a folder of its own, to be killed and started again.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "child.hpp"

namespace rowan::durability {

inline constexpr std::string_view ann = "ann@notes.example";

struct ServingOptions {
  std::string program{};
  std::string database{};        // empty: a SQLite file in the folder
  std::string mail = "mailbox";  // a mail URL
  bool limits = true;
  unsigned short metrics = 0;  // where GET /metrics answers; 0: nowhere
  std::string base_url{};      // empty: where it listens
  std::string trusted_proxies{};
  // Nothing but this, whatever --dev switches on by itself.
  std::string config = "[password]\n";
};

/// Not running until start(). Its port and its secret stay the same for life.
class Serving {
 public:
  explicit Serving(ServingOptions options);

  /// Returns when GET /public answers 200; throws std::runtime_error, with what it said, when it ends before.
  void start();
  /// As Child::end: SIGKILL answers -9, a clean SIGTERM 0.
  int end(int signal);
  bool is_running() { return child_ && child_->is_running(); }

  unsigned short port() const { return port_; }
  pid_t id() const { return child_->id(); }
  std::string database() const { return options_.database; }
  void send_mail_to(std::string mail) { options_.mail = std::move(mail); }
  /// Everything it said on standard error, in all its lives.
  std::string log() const { return text_of(folder_.path() + "/stderr.txt"); }

 private:
  bool is_up();

  ServingOptions options_;
  TemporaryFolder folder_{};
  unsigned short port_ = 0;
  std::optional<Child> child_{};
};

/// A port of 127.0.0.1 that was free just now, and that the kernel gives to no outgoing connection.
unsigned short free_port();

}  // namespace rowan::durability
