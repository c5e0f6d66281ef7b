#pragma once
// Child: a program that ends with its owner, however that ends.
#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

namespace rowan::durability {

struct Command {
  std::vector<std::string> words{};        // the program's path and its arguments
  std::vector<std::string> environment{};  // "NAME=value", beside ours without its ROWAN_…
  std::string folder{};                    // where it runs; its output is appended to stdout.txt and stderr.txt there
};

/// Make it on a thread that stays until it is gone: the kernel kills the child when that thread ends.
class Child {
 public:
  explicit Child(const Command& command);  // throws std::runtime_error
  ~Child() { static_cast<void>(end(SIGKILL)); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t id() const { return id_; }
  bool is_running();
  /// Waits for its end; its exit code, or minus the signal that ended it.
  int wait();
  /// Sends the signal, then as wait().
  int end(int signal);

 private:
  pid_t id_ = -1;
  bool ended_ = false;
  int status_ = 0;
};

/// A new folder under the system's temporary one, gone with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();  // throws std::runtime_error
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_{};
};

/// What the file holds; empty when there is none.
std::string text_of(const std::string& file);

}  // namespace rowan::durability
