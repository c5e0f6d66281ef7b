// Mistakes at start-up: one line on standard error that names the option and the fix, and exit code 2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "child.hpp"
#include "serving.hpp"

namespace rowan::durability {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view secret = "ROWAN_SECRET=0123456789abcdef0123456789abcdef0123456789abcdef";

// As it runs in production: a file, and the secret in the environment.
class StartUp : public ::testing::Test {
 protected:
  StartUp() {
    std::ofstream(folder.path() + "/rowan.toml")
        << "base_url = \"https://notes.example\"\n"
           "mail = \"smtps://mail.notes.example?from=no-reply@notes.example\"\n"
           "[password]\n";
  }

  int run(std::vector<std::string> words, std::vector<std::string> environment = {std::string(secret)}) {
    const auto before = text_of(folder.path() + "/stderr.txt").size();
    words.insert(words.begin(), ROWAN_PROGRAM);
    const int code = Child({.words = words, .environment = environment, .folder = folder.path()}).wait();
    said = text_of(folder.path() + "/stderr.txt").substr(before);
    return code;
  }
  std::string database() const { return "sqlite:" + folder.path() + "/rowan.db"; }
  bool is_one_line() const { return std::ranges::count(said, '\n') == 1 && said.ends_with('\n'); }

  TemporaryFolder folder{};
  std::string said{};
};

class TakenPort {
 public:
  TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(socket_, 1);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    number_ = ntohs(address.sin_port);
  }
  ~TakenPort() { ::close(socket_); }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  std::string text() const { return std::to_string(number_); }

 private:
  int socket_;
  unsigned short number_ = 0;
};

TEST_F(StartUp, SaysThatThePortIsTaken) {
  ASSERT_EQ(run({"migrate", "--database", database()}), 0) << said;
  const TakenPort port;
  EXPECT_EQ(run({"serve", "--database", database(), "--port", port.text()}), 2);
  EXPECT_TRUE(is_one_line()) << said;
  EXPECT_THAT(said, AllOf(StartsWith("listen: "), HasSubstr(port.text()), HasSubstr("--port")));
}

TEST_F(StartUp, SaysThatTheDatabasesFolderCannotBeWritten) {
  // A folder in which nobody makes a file, not even root.
  EXPECT_EQ(run({"serve", "--database", "sqlite:/proc/rowan.db"}), 2);
  EXPECT_TRUE(is_one_line()) << said;
  EXPECT_THAT(said, AllOf(StartsWith("database: "), HasSubstr("/proc/rowan.db"), HasSubstr("let this user write to")));
}

TEST_F(StartUp, SaysThatTheSecretIsMissing) {
  EXPECT_EQ(run({"serve", "--database", database()}, {}), 2);
  EXPECT_TRUE(is_one_line()) << said;
  EXPECT_THAT(said, AllOf(StartsWith("secrets: "), HasSubstr("ROWAN_SECRET")));
}

TEST_F(StartUp, SaysThatTheDatabaseIsNotMigrated) {
  EXPECT_EQ(run({"serve", "--database", database()}), 2);
  EXPECT_TRUE(is_one_line()) << said;
  EXPECT_THAT(said, AllOf(StartsWith("database: "), HasSubstr("rowan migrate")));
}

TEST_F(StartUp, SaysThatTheDatabaseDoesNotAnswer) {
  EXPECT_EQ(
      run({"serve", "--database", "postgres://ann:swordfish@127.0.0.1:" + std::to_string(free_port()) + "/notes"}), 2);
  EXPECT_THAT(said, HasSubstr("database: does not answer"));
  EXPECT_THAT(said, HasSubstr("is it running"));
  EXPECT_THAT(said, ::testing::Not(HasSubstr("swordfish")));
}

}  // namespace
}  // namespace rowan::durability
