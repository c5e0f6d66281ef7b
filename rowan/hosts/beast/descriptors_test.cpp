// The server in a process that may open few files. Each runs in a child, since a limit once lowered stays.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <rowan/hosts/beast/descriptors.hpp>
#include <rowan/hosts/beast/raw_client.hpp>
#include <rowan/hosts/beast/service.hpp>
#include <vector>

namespace rowan::hosts::beast {
namespace {

using hosts::testing::RawClient;

struct LineCounter final : Logger {
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override { ++lines; }
  std::atomic<int> lines{0};
};

void limit_descriptors(rlim_t soft, rlim_t hard) {
  const rlimit limit{.rlim_cur = soft, .rlim_max = hard};
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::_exit(9);
}

Answerer say_hello() {
  return {.begin = [](const http::Request&) { return http::Response{.content_type = "text/plain", .body = "hello"}; },
          .overloaded = [](const http::Request&) { return http::Response{.status = 503}; },
          .knows = {},
          .protect = {},
          .proxies = {}};
}

// A server in a child with these limits, and what the child does once it serves.
class Child {
 public:
  Child(rlim_t soft, rlim_t hard, void (*then)() = [] {}) {
    std::array<int, 2> from{}, to{};
    if (::pipe2(from.data(), O_CLOEXEC) != 0 || ::pipe2(to.data(), O_CLOEXEC) != 0) return;
    process_ = ::fork();
    if (process_ == 0) {
      limit_descriptors(soft, hard);
      LineCounter logger;
      Service service({.port = 0, .io_threads = 2, .logger = &logger}, say_hello());
      if (!service.start()) ::_exit(8);
      const unsigned short port = service.port();
      if (::write(from[1], &port, sizeof port) != sizeof port) ::_exit(7);
      char go = 0;
      if (::read(to[0], &go, 1) != 1) ::_exit(6);
      then();
      if (::write(from[1], &go, 1) != 1) ::_exit(5);
      if (::read(to[0], &go, 1) != 1) ::_exit(4);
      const int lines = logger.lines.load();
      if (::write(from[1], &lines, sizeof lines) != sizeof lines) ::_exit(3);
      ::_exit(0);
    }
    ::close(from[1]);
    ::close(to[0]);
    read_ = from[0];
    write_ = to[1];
    if (::read(read_, &port_, sizeof port_) != sizeof port_) port_ = 0;
  }
  ~Child() {
    ::close(write_);
    ::close(read_);
    ::waitpid(process_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  unsigned short port() const { return port_; }
  bool go_on() const {
    char answer = 0;
    return ::write(write_, "x", 1) == 1 && ::read(read_, &answer, 1) == 1;
  }
  /// Of its log so far; ends it.
  int lines() const {
    int count = -1;
    if (::write(write_, "x", 1) != 1 || ::read(read_, &count, sizeof count) != sizeof count) return -1;
    return count;
  }

 private:
  pid_t process_ = -1;
  int read_ = -1, write_ = -1;
  unsigned short port_ = 0;
};

constexpr std::string_view get_root = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string answered_in_the_end(unsigned short port) {
  std::string body;
  for (int tries = 0; tries < 100 && body != "hello"; ++tries) {
    if (tries > 0) ::usleep(50'000);
    body = RawClient(port).ask(get_root).body;
  }
  return body;
}

TEST(Descriptors, AnswerOthersHoweverManyConnectionsOneClientOpens) {
  const Child server(256, 256);
  ASSERT_NE(server.port(), 0);
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 300; ++i) {
    idle.push_back(std::make_unique<RawClient>(server.port()));
    if (i % 2 == 0) idle.back()->ask(get_root);  // the others never say a word
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(RawClient(server.port(), "127.0.0.2").ask(get_root).body, "hello");
    // Even the same client, at the cost of its own; at once or when those of its own have kept the server waiting.
    EXPECT_EQ(answered_in_the_end(server.port()), "hello");
  }
  ASSERT_TRUE(server.go_on());
  const auto lines = server.lines();
  EXPECT_GE(lines, 1);
  EXPECT_LE(lines, 4);
}

TEST(Descriptors, AnswerWhenTheApplicationHasTakenThemAll) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan looks at an object's type through a pipe, and there is no descriptor left for one";
#endif
  const Child server(256, 256, [] {
    while (::open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) {
    }
  });
  ASSERT_NE(server.port(), 0);
  RawClient idle(server.port());
  EXPECT_EQ(idle.ask(get_root).body, "hello");
  ASSERT_TRUE(server.go_on());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(RawClient(server.port()).ask(get_root).body, "hello");
  EXPECT_EQ(idle.read_to_end(), "");  // its descriptor was needed
  EXPECT_FALSE(idle.timed_out());
  EXPECT_LE(server.lines(), 2);
}

// Exit codes of a child, since the limit of this process shall stay.
int in_child(int (*work)()) {
  const auto process = ::fork();
  if (process == 0) ::_exit(work());
  int status = 0;
  ::waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Descriptors, RaiseTheSoftLimitAsFarAsNeededAndAllowed) {
  EXPECT_EQ(in_child([] {
              limit_descriptors(64, 2000);
              const auto room = make_room_for_connections(500);
              rlimit now{};
              ::getrlimit(RLIMIT_NOFILE, &now);
              if (room.connections != 500) return 1;
              if (now.rlim_cur < 500 + 128) return 2;
              return now.rlim_cur < 2000 ? 0 : 3;  // no further than needed
            }),
            0);
  EXPECT_EQ(in_child([] {
              limit_descriptors(64, 1024);
              const auto room = make_room_for_connections(10'000);
              rlimit now{};
              ::getrlimit(RLIMIT_NOFILE, &now);
              if (now.rlim_cur != 1024) return 1;
              return room.connections < 1024 - 128 && room.connections > 700 ? 0 : 2;
            }),
            0);
  EXPECT_EQ(in_child([] {
              limit_descriptors(1000, 2000);
              make_room_for_connections(1);
              rlimit now{};
              ::getrlimit(RLIMIT_NOFILE, &now);
              return now.rlim_cur == 1000 ? 0 : 1;  // never lowered
            }),
            0);
}

}  // namespace
}  // namespace rowan::hosts::beast
