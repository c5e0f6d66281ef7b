#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cli/read_password.hpp>
#include <cstdio>

namespace rowan::cli {

namespace {

constexpr std::size_t max_bytes = 4096;

Error refused(std::string reason) { return {.code = ErrorCode::invalid_input, .reason = std::move(reason)}; }

Result<Secret> read_line(const std::string& what) {
  std::array<char, max_bytes + 2> line{};
  std::size_t size = 0;
  bool ended = false;
  // Byte by byte with read(2): no buffer of the library keeps a copy.
  for (char c = 0; !ended && size < line.size() && ::read(STDIN_FILENO, &c, 1) == 1;) {
    if (c == '\n')
      ended = true;
    else
      line[size++] = c;
  }
  if (size > 0 && line[size - 1] == '\r') --size;
  auto secret = Secret::from_text({line.data(), size});
  ::explicit_bzero(line.data(), line.size());
  if (size == 0) return refused(what + ": nothing was given");
  if (size > max_bytes) return refused(what + ": at most 4096 bytes");
  return secret;
}

class WithoutEcho {
 public:
  WithoutEcho() {
    ::tcgetattr(STDIN_FILENO, &before_);
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~WithoutEcho() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputs("\n", stderr);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;

 private:
  termios before_{};
};

Result<Secret> ask(const char* question) {
  std::fputs(question, stderr);
  const WithoutEcho silent;
  return read_line("password");
}

}  // namespace

Result<Secret> read_secret_line(const std::string& what) { return read_line(what); }

Result<Secret> read_password(bool from_input) {
  if (from_input) return read_line("password");
  if (::isatty(STDIN_FILENO) == 0)
    return refused("password: cannot ask for it without a terminal; send it to standard input with --password-stdin");
  auto password = ask("Password: ");
  if (!password) return password;
  const auto again = ask("Again: ");
  if (!again) return again.error();
  if (password->expose() != again->expose())
    return refused("password: the two entries don't match; run the command again");
  return password;
}

}  // namespace rowan::cli
