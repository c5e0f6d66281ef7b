#include <gtest/gtest.h>

#include <algorithm>
#include <rowan/http/resolver.hpp>

namespace rowan::http {
namespace {

using namespace std::chrono_literals;

TEST(SystemResolver, FindsThisMachine) {
  const auto addresses = system_resolver()->resolve("localhost", 30s);
  ASSERT_TRUE(addresses) << addresses.error().reason;
  EXPECT_TRUE(std::ranges::all_of(*addresses, &IpAddress::is_loopback));
}

TEST(SystemResolver, SaysWhenThereIsNoSuchName) {
  const auto addresses = system_resolver()->resolve("name.invalid", 30s);  // RFC 6761 section 6.4
  ASSERT_FALSE(addresses);
  EXPECT_EQ(addresses.error().code, ErrorCode::unavailable);
}

TEST(SystemResolver, DoesNotWaitForTheSystem) {
  // Whether an answer is there at once or not, nothing waits for one.
  const auto resolver = system_resolver();
  for (int i = 0; i < 64; ++i) {
    const auto addresses = resolver->resolve("name.invalid", 0ms);
    ASSERT_FALSE(addresses);
    EXPECT_EQ(addresses.error().code, ErrorCode::unavailable);
  }
}

}  // namespace
}  // namespace rowan::http
