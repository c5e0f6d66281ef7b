#include <gtest/gtest.h>

#include <atomic>
#include <rowan/crypto/hash_slots.hpp>
#include <thread>
#include <vector>

namespace rowan::crypto {
namespace {

using namespace std::chrono_literals;

TEST(HashSlots, AreNeverHeldByMoreThanThereAre) {  // PWD-15
  HashSlots slots(2);
  std::atomic<int> inside = 0, most = 0, done = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < 20; ++round) {
          const auto slot = slots.take(1min);
          ASSERT_TRUE(slot);
          const int now = ++inside;
          for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
          std::this_thread::sleep_for(100us);
          --inside;
          ++done;
        }
      });
  }
  EXPECT_EQ(done, 16 * 20);
  EXPECT_EQ(most, 2);
}

TEST(HashSlots, SayWhenToComeBackWhenAllAreTaken) {
  HashSlots slots(1);
  auto held = slots.take(0ms);
  ASSERT_TRUE(held);
  const auto refused = slots.take(1ms);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_EQ(refused.error().retry_after, 1s);
  held->reset();
  EXPECT_TRUE(slots.take(0ms));
}

TEST(HashSlots, GoToTheOneThatWaits) {
  HashSlots slots(1);
  auto held = slots.take(0ms);
  ASSERT_TRUE(held);
  std::jthread waiting([&] { EXPECT_TRUE(slots.take(1min)); });
  std::this_thread::sleep_for(5ms);
  held->reset();
}

}  // namespace
}  // namespace rowan::crypto
