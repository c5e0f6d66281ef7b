#include <gtest/gtest.h>

#include <atomic>
#include <rowan/crypto/jose/keys_for_tests.hpp>
#include <rowan/strategies/oidc/key_cache.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_http_client.hpp>
#include <thread>

namespace rowan::strategies::oidc {
namespace {

using namespace crypto::jose;
using namespace crypto::jose::for_tests;
using namespace std::chrono_literals;
using rowan::testing::FakeClock;
using rowan::testing::FakeHttpClient;

constexpr auto url = "https://idp.example/keys";

class KeyCaches : public ::testing::Test {
 protected:
  FakeHttpClient http{};
  FakeClock clock{};
  KeyCache cache{url, http::Reach::anywhere};

  static std::string set(const std::string& key_id) {
    return set_of({key_of("P-256").public_jwk(key_id, Algorithm::es256)});
  }
  static Jws token(const std::string& key_id) {
    return Jws::parse(sign_jws(key_of("P-256"), {.algorithm = Algorithm::es256, .key_id = key_id}, "{}").value())
        .value();
  }
  void publish(const std::string& body, const std::string& name = {}, const std::string& value = {}, int status = 200) {
    http::OutgoingResponse response{.status = status, .body = body};
    if (!name.empty()) response.headers.add(name, value);
    http.on(http::Method::get, url, std::move(response));
  }
  /// Whether the keys that the cache gives verify a token of this kid.
  bool verifies(const std::string& key_id) {
    const auto keys = cache.keys_for(http, clock, token(key_id));
    return keys && VerifiedJws::verify(token(key_id), **keys, {Algorithm::es256}).has_value();
  }
  std::size_t fetches() const { return http.requests().size(); }
};

TEST_F(KeyCaches, FetchOnceForManyTokens) {
  publish(set("a"));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(verifies("a"));
  EXPECT_EQ(fetches(), 1U);
}

TEST_F(KeyCaches, NeverFetchTwiceAtOnce) {
  std::atomic<int> waiting = 0, running = 0, most = 0;
  http.on(http::Method::get, url, [&](const http::OutgoingRequest&) -> Result<http::OutgoingResponse> {
    most = std::max(most.load(), ++running);
    for (int i = 0; i < 4000 && waiting < 8; ++i) std::this_thread::sleep_for(1ms);
    std::this_thread::sleep_for(20ms);
    --running;
    return http::OutgoingResponse{.status = 200, .body = set("a")};
  });
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        ++waiting;
        right += verifies("a") ? 1 : 0;
      });
  }
  EXPECT_EQ(right, 8);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(fetches(), 1U);
}

TEST_F(KeyCaches, LookForANewKeyOnceAMinute) {  // IDP-18
  publish(set("a"));
  EXPECT_TRUE(verifies("a"));
  publish(set("b"));
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(verifies("b"));  // a minute has not gone by
  EXPECT_EQ(fetches(), 1U);
  clock.advance(60s);
  EXPECT_TRUE(verifies("b"));
  EXPECT_EQ(fetches(), 2U);
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(verifies("made up"));
  EXPECT_EQ(fetches(), 2U);
  clock.advance(59s);
  EXPECT_FALSE(verifies("made up"));
  EXPECT_EQ(fetches(), 2U);
}

TEST_F(KeyCaches, KeepKeysForAsLongAsTheProviderAllows) {
  const auto kept_for = [&](std::chrono::seconds time) {
    KeyCache fresh{url, http::Reach::anywhere};
    EXPECT_TRUE(fresh.keys_for(http, clock, token("a")));
    const auto before = fetches();
    clock.advance(time - 1s);
    EXPECT_TRUE(fresh.keys_for(http, clock, token("a")));
    EXPECT_EQ(fetches(), before);
    clock.advance(1s);
    EXPECT_TRUE(fresh.keys_for(http, clock, token("a")));
    EXPECT_EQ(fetches(), before + 1);
  };
  publish(set("a"));
  kept_for(1h);
  publish(set("a"), "Cache-Control", "public, max-age=7200, must-revalidate");
  kept_for(2h);
  publish(set("a"), "Cache-Control", "max-age=0");
  kept_for(5min);
  publish(set("a"), "Cache-Control", "max-age=99999999999");
  kept_for(24h);
  publish(set("a"), "Cache-Control", "no-store");
  kept_for(1h);
  publish(set("a"), "Cache-Control", "max-age=x");
  kept_for(1h);
}

TEST_F(KeyCaches, AskOnlyWhetherTheKeysChanged) {
  publish(set("a"), "ETag", "\"1\"");
  EXPECT_TRUE(verifies("a"));
  clock.advance(1h);
  publish("", "Cache-Control", "max-age=600", 304);
  EXPECT_TRUE(verifies("a"));
  const auto request = http.requests().back();
  EXPECT_EQ(request.headers.single("If-None-Match"), "\"1\"");
  clock.advance(599s);
  EXPECT_TRUE(verifies("a"));
  EXPECT_EQ(fetches(), 2U);
}

TEST_F(KeyCaches, GiveNoKeysThatAreOutOfDate) {  // IDP-18
  publish(set("a"));
  EXPECT_TRUE(verifies("a"));
  publish("", {}, {}, 503);
  EXPECT_TRUE(verifies("a"));  // in date still
  clock.advance(1h);
  const auto keys = cache.keys_for(http, clock, token("a"));
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, ErrorCode::unavailable);
  EXPECT_EQ(keys.error().reason, "keys of the provider: status 503");
}

TEST_F(KeyCaches, AskLessOftenWhileTheProviderFails) {
  publish("", {}, {}, 500);
  std::size_t expected = 0;
  for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    ++expected;
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(verifies("a"));
    EXPECT_EQ(fetches(), expected);
    clock.advance(wait - 1ms);
    EXPECT_FALSE(verifies("a"));
    EXPECT_EQ(fetches(), expected);
    clock.advance(1ms);
  }
  publish(set("a"));
  EXPECT_TRUE(verifies("a"));
}

TEST_F(KeyCaches, KeepGoodKeysWhenTheNextOnesAreNone) {
  publish(set("a"));
  EXPECT_TRUE(verifies("a"));
  clock.advance(60s);
  for (const std::string& body :
       {std::string("<html>"), std::string(R"({"keys":[{"kty":"oct","k":"AAAA"}]})"), std::string()}) {
    publish(body);
    EXPECT_FALSE(verifies("b"));
    EXPECT_TRUE(verifies("a"));
    clock.advance(60s);
  }
  EXPECT_EQ(fetches(), 4U);
}

}  // namespace
}  // namespace rowan::strategies::oidc
