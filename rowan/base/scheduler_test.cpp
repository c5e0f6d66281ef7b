#include <gtest/gtest.h>

#include <atomic>
#include <rowan/base/random.hpp>
#include <rowan/base/scheduler.hpp>
#include <semaphore>
#include <set>

namespace rowan {
namespace {

using namespace std::chrono_literals;

TEST(ThreadScheduler, RunsAtOnceAndWhenWoken) {
  std::counting_semaphore<64> ran(0);
  const auto scheduler = make_thread_scheduler();
  const auto task = scheduler->every(1h, "test", [&] { ran.release(); });
  ASSERT_TRUE(ran.try_acquire_for(10s));
  EXPECT_FALSE(ran.try_acquire_for(20ms));
  task->wake();
  EXPECT_TRUE(ran.try_acquire_for(10s));
}

TEST(ThreadScheduler, RunsAgainAfterEachPeriod) {
  std::counting_semaphore<1'000'000> ran(0);
  const auto scheduler = make_thread_scheduler();
  const auto task = scheduler->every(1ms, "test", [&] { ran.release(); });
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(ran.try_acquire_for(10s));
}

TEST(ThreadScheduler, WaitsForARunInProgressWhenStopped) {
  std::binary_semaphore started(0);
  std::atomic<bool> finished = false;
  const auto scheduler = make_thread_scheduler();
  {
    const auto task = scheduler->every(1h, "a name longer than the kernel takes", [&] {
      started.release();
      scheduler->sleep_for(30ms);
      finished = true;
    });
    started.acquire();
  }
  EXPECT_TRUE(finished);
}

TEST(SystemRandom, GivesDifferentBytesEachTime) {  // CRY-02
  std::set<std::array<std::byte, 16>> drawn;
  for (int i = 0; i < 1000; ++i) drawn.insert(system_random().bytes<16>());
  EXPECT_EQ(drawn.size(), 1000U);
}

TEST(SystemRandom, FillsMoreThanOneCallGives) {
  std::vector<std::byte> bytes(1 << 16);
  system_random().fill(bytes);
  EXPECT_EQ(std::set<std::byte>(bytes.end() - 8192, bytes.end()).size(), 256U);
  system_random().fill({});
}

}  // namespace
}  // namespace rowan
