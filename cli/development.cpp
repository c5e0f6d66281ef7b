#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cli/development.hpp>
#include <filesystem>
#include <rowan/base/base64.hpp>
#include <rowan/base/config_error.hpp>
#include <system_error>

namespace rowan::cli {

namespace {

std::string why(int code) { return std::generic_category().message(code); }

void make_folder() {
  std::error_code problem;
  if (std::filesystem::is_directory("var", problem)) return;
  std::filesystem::create_directory("var", problem);
  if (problem)
    throw ConfigError("var: cannot make the folder (" + problem.message() + "); go to a folder you may write to");
  std::filesystem::permissions("var", std::filesystem::perms::owner_all, problem);
}

void make_secret() {
  const int file = ::open("var/secret", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    if (errno == EEXIST) return;
    throw ConfigError("secrets: cannot make var/secret (" + why(errno) + "); let this user write to var/");
  }
  const auto text = to_base64url(system_random().bytes<32>()) + "\n";
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  if (written) return;
  ::unlink("var/secret");
  throw ConfigError("secrets: cannot write var/secret; is the disk full?");
}

}  // namespace

void prepare_development(const Config& config) {
  if (config.makes_database_folder || config.makes_secret) make_folder();
  if (config.makes_secret) make_secret();
}

}  // namespace rowan::cli
