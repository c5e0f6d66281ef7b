#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <rowan/hosts/beast/server.hpp>

namespace rowan::hosts::beast {
namespace {

TEST(BeastServerRun, EndsWith2AndOneLineWhenThePortIsTaken) {
  Server first({.port = 0});
  ASSERT_TRUE(first.start());
  Server second({.port = first.port()});
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(second.run(), 2);
  const auto said = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(said, '\n'), 1) << said;
  EXPECT_TRUE(said.contains(std::to_string(first.port()))) << said;
}

TEST(BeastServerRun, EndsWith0WhenItIsStopped) {
  Server server({.port = 0});
  auto result = std::async(std::launch::async, [&] { return server.run(); });
  while (server.port() == 0) std::this_thread::yield();
  server.stop();
  EXPECT_EQ(result.get(), 0);
}

TEST(BeastServerRun, StartsOnlyOnce) {
  Server server({.port = 0});
  ASSERT_TRUE(server.start());
  EXPECT_FALSE(server.start());
  server.stop();
  EXPECT_FALSE(server.start());
}

}  // namespace
}  // namespace rowan::hosts::beast
