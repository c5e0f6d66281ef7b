#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include "child.hpp"

namespace rowan::durability {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// Between fork and exec: only what is safe after a fork of a process with threads.
[[noreturn]] void become(char* const* words, char* const* environment, const char* folder, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it ended before it could be watched
  if (::chdir(folder) != 0) ::_exit(127);
  const int in = ::open("/dev/null", O_RDONLY);
  const int out = ::open("stdout.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int err = ::open("stderr.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (in < 0 || out < 0 || err < 0) ::_exit(127);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execve(words[0], words, environment);
  ::_exit(127);
}

}  // namespace

Child::Child(const Command& command) {
  auto words = command.words;
  auto environment = command.environment;
  for (char** variable = ::environ; *variable != nullptr; ++variable)
    if (!std::string_view(*variable).starts_with("ROWAN_")) environment.emplace_back(*variable);
  const auto word_pointers = pointers(words);
  const auto environment_pointers = pointers(environment);
  const auto parent = ::getpid();
  id_ = ::fork();
  if (id_ < 0) throw std::runtime_error("cannot start a process");
  if (id_ == 0) become(word_pointers.data(), environment_pointers.data(), command.folder.c_str(), parent);
}

bool Child::is_running() {
  if (!ended_ && ::waitpid(id_, &status_, WNOHANG) == id_) ended_ = true;
  return !ended_;
}

int Child::wait() {
  while (!ended_) {
    const auto gone = ::waitpid(id_, &status_, 0);
    ended_ = gone == id_ || (gone < 0 && errno != EINTR);
  }
  return WIFSIGNALED(status_) ? -WTERMSIG(status_) : WEXITSTATUS(status_);
}

int Child::end(int signal) {
  if (!ended_) ::kill(id_, signal);
  return wait();
}

TemporaryFolder::TemporaryFolder() {
  auto pattern = (std::filesystem::temp_directory_path() / "rowan-durability-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace rowan::durability
