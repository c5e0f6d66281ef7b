#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <soci/soci.h>

#include <rowan/storage/postgres/connect.hpp>
#include <rowan/storage/postgres/relay_for_tests.hpp>

namespace rowan::storage {
namespace {

using std::chrono::milliseconds;

// The kernel takes connections for it, and nothing ever answers.
TEST(Connecting, LeavesAnAttemptBehindThatTakesTooLongAndKeepsCount) {
  auto silent = std::make_unique<for_tests::Relay>(static_cast<unsigned short>(1));
  silent->freeze();
  const auto url = "postgresql://?host=127.0.0.1&user=a&connect_timeout=600&port=" + std::to_string(silent->port());
  const auto left_behind = std::make_shared<LeftBehind>();
  const auto why = [&](milliseconds at_most) {
    const auto connected = connect(url, at_most, left_behind);
    return connected ? "connected" : connected.error().reason;
  };
  for (int i = 0; i < LeftBehind::most; ++i) EXPECT_EQ(why(milliseconds(20)), "PostgreSQL: cannot connect: timeout");
  EXPECT_EQ(left_behind->count, LeftBehind::most);
  EXPECT_EQ(why(std::chrono::hours(1)), "PostgreSQL: cannot connect: earlier attempts still wait");
  silent.reset();  // they are hung up on
  while (left_behind->count > 0) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(why(std::chrono::hours(1)), "PostgreSQL: cannot connect: connection refused");
}

}  // namespace
}  // namespace rowan::storage
