#include <gtest/gtest.h>
#include <rowan/engine/guard/account_cache.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <thread>
#include <vector>

namespace rowan::engine {
namespace {

using namespace std::chrono_literals;

AccountCache::Shared account(std::int64_t generation) {
  accounts::Account made;
  made.generation = generation;
  return std::make_shared<const accounts::Account>(std::move(made));
}
bool unchanged() { return true; }

class CachedAccounts : public ::testing::Test {
 protected:
  rowan::testing::FakeClock clock_;
  AccountCache cache_{clock_, 30s, 32};  // two in each part
  void put(std::int64_t generation) { cache_.put(account(generation), clock_.elapsed(), unchanged); }
};

TEST_F(CachedAccounts, MakeRoomByTheOneThatWasNotUsedForTheLongest) {
  put(16);  // all of one part
  put(32);
  EXPECT_TRUE(cache_.find(16));
  put(48);
  EXPECT_FALSE(cache_.find(32));
  EXPECT_TRUE(cache_.find(16));
  EXPECT_TRUE(cache_.find(48));
}

TEST_F(CachedAccounts, TakeNoRoomTwice) {
  put(16);
  put(32);
  for (int i = 0; i < 5; ++i) put(32);
  EXPECT_TRUE(cache_.find(16));
}

TEST_F(CachedAccounts, AreReadAgainWhenTheirTimeIsOver) {
  put(1);
  clock_.advance(29s);
  EXPECT_TRUE(cache_.find(1));
  clock_.advance(1s);
  EXPECT_FALSE(cache_.find(1));
  put(1);
  EXPECT_TRUE(cache_.find(1));
}

TEST_F(CachedAccounts, AreAllForgottenWhenItIsNotKnownWhichChanged) {
  for (std::int64_t generation = 1; generation <= 16; ++generation) put(generation);
  cache_.forget_all();
  for (std::int64_t generation = 1; generation <= 16; ++generation) EXPECT_FALSE(cache_.find(generation));
}

// For ThreadSanitizer, mostly.
TEST_F(CachedAccounts, AreSharedByThreads) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this, t] {
      for (std::int64_t i = 0; i < 2000; ++i) {
        const auto generation = (i * (t + 1)) % 64;
        const auto found = cache_.find(generation);
        EXPECT_TRUE(!found || found->generation == generation);
        put(generation);
        if (i % 7 == 0) cache_.forget(generation);
        if (i % 500 == 0) cache_.forget_all();
      }
    });
}

}  // namespace
}  // namespace rowan::engine
