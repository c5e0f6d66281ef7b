#include <gtest/gtest.h>
#include <algorithm>
#include <rowan/engine/guard/credential_cache.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <thread>

namespace rowan::engine {
namespace {

using namespace std::chrono_literals;

class CachedCredentials : public ::testing::Test {
 protected:
  rowan::testing::FakeClock clock_;
  rowan::testing::FakeRandom random_;
  CredentialCache cache_{clock_, random_, 30s, 32};  // two in each part
  Strategy strategy_{};

  static Uuid id_of(unsigned number) {
    Uuid id;
    id.bytes[0] = std::byte{1};
    id.bytes[14] = static_cast<std::byte>(number / 256);
    id.bytes[15] = static_cast<std::byte>(number % 256);
    return id;
  }
  void put(const std::string& text, unsigned number = 1, std::chrono::seconds lives = 1h) {
    Claims claims;
    claims.key = KeyClaims(id_of(number), {}, 0);
    claims.expires_at = clock_.now() + lives;
    cache_.put(cache_.key_of(text), strategy_, claims, clock_.elapsed(), clock_.now());
  }
  bool has(const std::string& text) { return cache_.find(cache_.key_of(text), clock_.now()).has_value(); }
};

TEST_F(CachedCredentials, AreFoundByTheWholeTextOnly) {
  put("rowan_1");
  EXPECT_TRUE(has("rowan_1"));
  EXPECT_FALSE(has("rowan_2"));
  EXPECT_FALSE(has("rowan_"));
}

TEST_F(CachedCredentials, AreNotLookedUpUnderAKeyThatAnotherProcessKnows) {
  CredentialCache other(clock_, random_, 30s);
  EXPECT_NE(cache_.key_of("rowan_1"), other.key_of("rowan_1"));
}

TEST_F(CachedCredentials, AreReadAgainWhenTheirTimeIsOver) {
  put("rowan_1");
  clock_.advance(29s);
  EXPECT_TRUE(has("rowan_1"));
  clock_.advance(1s);
  EXPECT_FALSE(has("rowan_1"));
}

TEST_F(CachedCredentials, AreForgotten) {
  put("rowan_1");
  cache_.forget(cache_.key_of("rowan_1"));
  EXPECT_FALSE(has("rowan_1"));
}

TEST_F(CachedCredentials, AreBoundedAndLoseNoUseWhenOneHasToGo) {
  for (unsigned i = 0; i < 500; ++i) put("rowan_" + std::to_string(i), i);
  unsigned kept = 0;
  for (unsigned i = 0; i < 500; ++i) kept += has("rowan_" + std::to_string(i)) ? 1 : 0;
  EXPECT_LE(kept, 32U);
  EXPECT_GE(kept, 16U);
  EXPECT_EQ(cache_.take_uses(clock_.now()).size(), 500U);
}

TEST_F(CachedCredentials, TellEachUseOnceAMinute) {
  put("rowan_1", 7);
  const auto told = cache_.take_uses(clock_.now());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().use.id, id_of(7));
  EXPECT_EQ(told.front().use.at, clock_.now());
  EXPECT_TRUE(cache_.take_uses(clock_.now()).empty()) << "not used since";
  EXPECT_TRUE(has("rowan_1"));
  clock_.advance(1s);
  EXPECT_TRUE(cache_.take_uses(clock_.now()).empty()) << "within the minute";
  EXPECT_EQ(cache_.take_uses(clock_.now(), true).size(), 1U) << "the last words of a process";
  EXPECT_TRUE(has("rowan_1"));
  clock_.advance(1min);
  EXPECT_EQ(cache_.take_uses(clock_.now()).size(), 1U);
}

TEST_F(CachedCredentials, ThatHaveExpiredAreNotUsed) {
  put("rowan_1", 1, 5s);
  cache_.take_uses(clock_.now());
  clock_.advance(6s);
  EXPECT_TRUE(has("rowan_1")) << "the guard says that it has expired";
  EXPECT_TRUE(cache_.take_uses(clock_.now(), true).empty());
}

// For ThreadSanitizer, mostly.
TEST_F(CachedCredentials, AreSharedByThreads) {
  std::vector<std::jthread> threads;
  for (unsigned t = 0; t < 4; ++t)
    threads.emplace_back([this, t] {
      for (unsigned i = 0; i < 500; ++i) {
        const auto text = "rowan_" + std::to_string((i * (t + 1)) % 64);
        put(text, i);
        has(text);
        if (i % 7 == 0) cache_.forget(cache_.key_of(text));
        if (i % 50 == 0) cache_.take_uses(clock_.now(), true);
      }
    });
}

}  // namespace
}  // namespace rowan::engine
