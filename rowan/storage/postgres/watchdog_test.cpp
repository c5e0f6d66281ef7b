#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <rowan/storage/postgres/watchdog.hpp>

namespace rowan::storage {
namespace {

using std::chrono::milliseconds;

struct Pair {
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0); }
  ~Pair() { close(); }
  void close() {
    for (int& end : ends)
      if (end >= 0) ::close(std::exchange(end, -1));
  }
  // Blocks until there is something, or until the socket is shut down.
  long read() const {
    char byte = 0;
    return ::recv(ends[0], &byte, 1, 0);
  }
  std::array<int, 2> ends{-1, -1};
};

TEST(Watchdog, EndsACallThatTakesTooLong) {
  const auto watchdog = std::make_shared<Watchdog>();
  const Pair pair;
  Watchdog::Watched watched(watchdog, pair.ends[0]);
  {
    const Watchdog::Call call(&watched, milliseconds(20));
    EXPECT_EQ(pair.read(), 0) << "it would wait for ever";
  }
  EXPECT_TRUE(watched.was_late());
}

TEST(Watchdog, LeavesACallAloneThatEndsInTimeAndASocketThatIsIdle) {
  const auto watchdog = std::make_shared<Watchdog>();
  const Pair idle, pair;
  Watchdog::Watched idle_one(watchdog, idle.ends[0]);
  Watchdog::Watched watched(watchdog, pair.ends[0]);
  for (int i = 0; i < 3; ++i) {
    const Watchdog::Call call(&watched, std::chrono::hours(1));
    const Watchdog::Call inner(&watched, milliseconds(1));  // the outer one counts
    std::this_thread::sleep_for(milliseconds(300));
  }
  EXPECT_FALSE(watched.was_late());
  EXPECT_FALSE(idle_one.was_late());
  EXPECT_EQ(::send(pair.ends[1], "x", 1, MSG_NOSIGNAL), 1);
  EXPECT_EQ(pair.read(), 1);
}

TEST(Watchdog, NeverTouchesAReusedDescriptor) {
  const auto watchdog = std::make_shared<Watchdog>();
  Pair pair;
  const auto number = pair.ends[0];
  Watchdog::Watched watched(watchdog, number);
  {
    const Watchdog::Call call(&watched, milliseconds(100));
    pair.close();
    const Pair next;
    ASSERT_EQ(next.ends[0], number) << "the kernel gives out the lowest";
    while (!watched.was_late()) std::this_thread::sleep_for(milliseconds(10));
    EXPECT_EQ(::send(next.ends[1], "x", 1, MSG_NOSIGNAL), 1);
    EXPECT_EQ(next.read(), 1);
  }
}

}  // namespace
}  // namespace rowan::storage
