#include <gtest/gtest.h>

#include <atomic>
#include <rowan/crypto/hash_threads.hpp>
#include <semaphore>
#include <set>
#include <stdexcept>

namespace rowan::crypto {
namespace {

using namespace std::chrono_literals;

/// One thread, kept busy until it is let go.
class OneBusyThread {
 public:
  OneBusyThread() { begun_.acquire(); }
  ~OneBusyThread() { let_go(); }
  void let_go() {
    if (caller_.joinable()) {
      let_go_.release();
      caller_.join();
    }
  }
  HashThreads threads{1};

 private:
  std::binary_semaphore begun_{0}, let_go_{0};
  std::jthread caller_{[this] {
    EXPECT_TRUE(threads.run(1min, [this](argon2id::HashMemory&) {
      begun_.release();
      let_go_.acquire();
    }));
  }};
};

TEST(HashThreads, NeverExceedTheirNumber) {  // PWD-15
  HashThreads threads(2);
  std::atomic<int> inside = 0, most = 0, done = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 16; ++i)
      callers.emplace_back([&] {
        for (int round = 0; round < 20; ++round) {
          EXPECT_TRUE(threads.run(1min, [&](argon2id::HashMemory&) {
            const int now = ++inside;
            for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
            std::this_thread::sleep_for(100us);
            --inside;
            ++done;
          }));
        }
      });
  }
  EXPECT_EQ(done, 16 * 20);
  EXPECT_EQ(most, 2);
}

TEST(HashThreads, AreTheSameForEveryCaller) {
  HashThreads threads(1);
  std::set<std::thread::id> seen;
  for (int i = 0; i < 4; ++i)
    std::jthread([&] {
      EXPECT_TRUE(threads.run(1min, [&](argon2id::HashMemory&) { seen.insert(std::this_thread::get_id()); }));
    });
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_FALSE(seen.contains(std::this_thread::get_id()));
}

TEST(HashThreads, AnswerRetryAfterWhenAllAreBusy_WithoutRunningTheWork) {
  OneBusyThread busy;
  bool begun = false;
  for (const auto wait : {0ms, 1ms}) {
    const auto refused = busy.threads.run(wait, [&](argon2id::HashMemory&) { begun = true; });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(refused.error().retry_after, 1s);
  }
  busy.let_go();
  EXPECT_FALSE(begun);
  EXPECT_TRUE(busy.threads.run(0ms, [&](argon2id::HashMemory&) { begun = true; }));  // a free thread needs no wait
  EXPECT_TRUE(begun);
}

TEST(HashThreads, RunTheWaitingCallNext) {
  OneBusyThread busy;
  std::atomic<bool> worked = false;
  std::jthread waiting([&] { EXPECT_TRUE(busy.threads.run(1min, [&](argon2id::HashMemory&) { worked = true; })); });
  std::this_thread::sleep_for(5ms);
  EXPECT_FALSE(worked);
  busy.let_go();
  waiting.join();
  EXPECT_TRUE(worked);
}

TEST(HashThreads, RethrowExceptionsOfTheWorkAndContinue) {
  HashThreads threads(1);
  EXPECT_THROW(
      static_cast<void>(threads.run(1min, [](argon2id::HashMemory&) { throw std::runtime_error("no memory"); })),
      std::runtime_error);
  EXPECT_TRUE(threads.run(0ms, [](argon2id::HashMemory&) {}));
}

}  // namespace
}  // namespace rowan::crypto
