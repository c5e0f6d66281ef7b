#include <gtest/gtest.h>
#include <rowan/protection/client_address.hpp>
#include <rowan/protection/forms.hpp>
#include <rowan/protection/rate_limits.hpp>
#include <rowan/protection/security_headers.hpp>
#include <rowan/storage/migrator.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <thread>

namespace rowan::protection {
namespace {

using namespace std::chrono_literals;

class Limits : public ::testing::TestWithParam<std::string> {
 protected:
  Limits() : place_(GetParam()), database_(open_database(place_.url())) {
    EXPECT_TRUE(migrate(*database_, embedded_migrations("protection"), clock_.now()));
  }
  std::vector<Count> five(std::string value) {
    return {{.scope = "test", .value = std::move(value), .max = 5, .window = 60s}};
  }
  rowan::testing::TemporaryDatabase place_;
  std::unique_ptr<Database> database_;
  rowan::testing::FakeClock clock_;
  Secrets secrets_{Secret::from_text("0123456789abcdef0123456789abcdef")};
  crypto::KeyRing keys_{secrets_};
  RateLimits limits_{*database_, keys_, clock_};
};

TEST_P(Limits, AllowTheConfiguredNumberAndReportWhenToRetry) {  // THR-01, THR-03
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limits_.attempt(five("ann")));
  clock_.advance(20s);
  const auto over = limits_.attempt(five("ann"));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, ErrorCode::rate_limited);
  EXPECT_EQ(over.error().retry_after, 40s);
  EXPECT_TRUE(limits_.attempt(five("bob")));
  clock_.advance(40s);
  EXPECT_TRUE(limits_.attempt(five("ann")));
}

TEST_P(Limits, HoldUnderABurst) {  // THR-12
  std::atomic<int> passed = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 10; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) passed += limits_.attempt(five("ann")) ? 1 : 0;
    });
  threads.clear();
  EXPECT_EQ(passed, 5);
}

TEST_P(Limits, SurviveARestartAndAreShared) {  // THR-13
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limits_.attempt(five("ann")));
  RateLimits other(*database_, keys_, clock_);
  EXPECT_FALSE(other.attempt(five("ann")));
}

TEST_P(Limits, GiveBackSuccessfulAttempts) {
  for (int i = 0; i < 12; ++i) {
    EXPECT_TRUE(limits_.attempt(five("ann"))) << i;
    EXPECT_TRUE(
        database_->transact([&](Transaction& transaction) { return limits_.forgive(transaction, five("ann")[0]); }));
  }
}

TEST_P(Limits, ALimitMadeWhileAClockWasAheadEndsWithinItsWindow) {
  clock_.advance(400 * 24h);
  for (int i = 0; i < 6; ++i) static_cast<void>(limits_.attempt(five("ann")));
  clock_.advance(-400 * 24h);
  const auto over = limits_.attempt(five("ann"));
  ASSERT_FALSE(over);
  EXPECT_LE(over.error().retry_after, 60s);
  clock_.advance(60s);
  EXPECT_TRUE(limits_.attempt(five("ann")));
}

TEST_P(Limits, OutliveANewSecretAndTheEndOfTheOldestOne) {
  const auto ring = [](std::initializer_list<const char*> texts) {
    std::vector<Secret> secrets;
    for (const auto* text : texts) secrets.push_back(Secret::from_text(text));
    return crypto::KeyRing(Secrets(std::move(secrets)));
  };
  constexpr const char *a = "a: 0123456789abcdef0123456789abcdef", *b = "b: 0123456789abcdef0123456789abcdef",
                       *c = "c: 0123456789abcdef0123456789abcdef";
  const auto first = ring({a}), both = ring({b, a}), later = ring({b}), next = ring({c, b});
  RateLimits before(*database_, first, clock_), rotated(*database_, both, clock_), dropped(*database_, later, clock_),
      again(*database_, next, clock_);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(before.attempt(five("ann")));
  EXPECT_FALSE(rotated.attempt(five("ann"))) << "the new secret has forgotten nothing";
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(rotated.attempt(five("bob"))) << i;
  EXPECT_FALSE(dropped.attempt(five("bob"))) << "what was counted under the newer secret does not need the older one";
  EXPECT_FALSE(again.attempt(five("bob")));
  EXPECT_TRUE(database_->transact([&](Transaction& transaction) { return again.clear(transaction, five("bob")[0]); }));
  EXPECT_TRUE(again.attempt(five("bob"))) << "clearing clears under every secret";
}

TEST_P(Limits, CountNothingWhenTheyAreOff) {
  RateLimits off(*database_, keys_, clock_, false);
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(off.attempt(five("ann")));
  EXPECT_TRUE(limits_.attempt(five("ann")));
}

TEST_P(Limits, StoreNoNamesInTheClear) {
  EXPECT_TRUE(limits_.attempt(five("ann@notes.example")));
  static constexpr Sql keys{"SELECT key FROM rowan_rate_limits"};
  const auto row = database_->read([&](SqlConnection& c) { return c.first(keys); });
  EXPECT_EQ((*row)->text("key").find("ann"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(OnBothDatabases, Limits, ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()),
                         [](const auto& made) { return made.param; });

http::Request from(const char* peer, std::initializer_list<const char*> forwarded) {
  http::Request request;
  request.peer = *http::IpAddress::parse(peer);
  for (const auto* value : forwarded) request.headers.add("X-Forwarded-For", value);
  return request;
}

TEST(ClientAddress, IsReadFromTheRightAndOnlyBehindTrustedProxies) {  // THR-05
  const std::vector proxies{*http::IpRange::parse("10.0.0.0/8"), *http::IpRange::parse("127.0.0.1/32")};
  EXPECT_EQ(client_address(from("9.9.9.9", {"1.1.1.1"}), proxies).text(), "9.9.9.9");
  EXPECT_EQ(client_address(from("127.0.0.1", {"1.1.1.1"}), proxies).text(), "1.1.1.1");
  EXPECT_EQ(client_address(from("127.0.0.1", {"6.6.6.6, 1.1.1.1, 10.0.0.2"}), proxies).text(), "1.1.1.1");
  EXPECT_EQ(client_address(from("127.0.0.1", {"6.6.6.6", "1.1.1.1"}), proxies).text(), "1.1.1.1");
  EXPECT_EQ(client_address(from("127.0.0.1", {"nonsense, 10.0.0.2"}), proxies).text(), "10.0.0.2");
  EXPECT_EQ(client_address(from("127.0.0.1", {}), proxies).text(), "127.0.0.1");
}

TEST(ClientAddress, IsReadAsProxiesWriteIt) {
  const std::vector proxies{*http::IpRange::parse("127.0.0.1/32")};
  const auto read = [&](const char* name, const char* value) {
    http::Request request;
    request.peer = *http::IpAddress::parse("127.0.0.1");
    request.headers.add(name, value);
    return client_address(request, proxies).text();
  };
  for (const auto* value :
       {"203.0.113.7", "203.0.113.7:50123", " 203.0.113.7 ", "\"203.0.113.7:1\"", "9.9.9.9, 203.0.113.7:80"})
    EXPECT_EQ(read("X-Forwarded-For", value), "203.0.113.7") << value;
  for (const auto* value : {"2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:443"})
    EXPECT_EQ(read("X-Forwarded-For", value), "2001:db8::7") << value;
  for (const auto* value : {"203.0.113.7:", "203.0.113.7:123456", "203.0.113.7:8x", "[203.0.113.7]", "[2001:db8::7",
                            "[2001:db8::7]x", "[2001:db8::7]:", "unknown", "_hidden", ":80", ""})
    EXPECT_EQ(read("X-Forwarded-For", value), "127.0.0.1") << value;
  // RFC 7239 section 4 has these.
  for (const auto* value :
       {"for=203.0.113.7", "For=\"203.0.113.7:4711\"", "for=192.0.2.43, for=203.0.113.7;proto=http;by=203.0.113.43",
        "proto=https ; for=203.0.113.7", "for=\"a,b;c\", for=203.0.113.7"})
    EXPECT_EQ(read("Forwarded", value), "203.0.113.7") << value;
  EXPECT_EQ(read("Forwarded", "For=\"[2001:db8:cafe::17]:4711\""), "2001:db8:cafe::17");
  for (const auto* value : {"for=unknown", "for=_secret", "by=203.0.113.7", "203.0.113.7"})
    EXPECT_EQ(read("Forwarded", value), "127.0.0.1") << value;
}

TEST(ClientAddress, IsNotWhatAVisitorWritesBesideItsProxy) {
  const std::vector proxies{*http::IpRange::parse("127.0.0.1/32")};
  auto request = from("127.0.0.1", {"203.0.113.7"});
  request.headers.add("Forwarded", "for=9.9.9.9");
  EXPECT_EQ(client_address(request, proxies).text(), "203.0.113.7");
}

http::Request sent(std::initializer_list<std::pair<const char*, const char*>> fields) {
  http::Request request{.method = http::Method::post};
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return request;
}

TEST(Origin, RefusesWhatAnotherSiteSent) {  // BRW-09
  const std::string_view ours = "https://id.example";
  EXPECT_TRUE(check_origin(sent({}), ours));
  EXPECT_TRUE(check_origin(sent({{"Origin", "https://id.example"}, {"Sec-Fetch-Site", "same-origin"}}), ours));
  EXPECT_FALSE(check_origin(sent({{"Origin", "https://evil.example"}}), ours));
  EXPECT_FALSE(check_origin(sent({{"Origin", "null"}}), ours));
  EXPECT_FALSE(check_origin(sent({{"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}}), ours));
  EXPECT_FALSE(check_origin(sent({{"Origin", "null"}, {"Sec-Fetch-Site", "none"}}), ours));
  EXPECT_TRUE(
      check_origin(sent({{"Origin", "null"}, {"Sec-Fetch-Site", "same-origin"}}), ours));  // a page with a token
  EXPECT_FALSE(check_origin(sent({{"Origin", "https://id.example.evil.example"}}), ours));
  EXPECT_FALSE(check_origin(sent({{"Origin", "http://id.example"}}), ours));
  EXPECT_FALSE(check_origin(sent({{"Sec-Fetch-Site", "cross-site"}}), ours));
  EXPECT_FALSE(check_origin(sent({{"Sec-Fetch-Site", "same-site"}}), ours));
  EXPECT_FALSE(check_origin(sent({{"Origin", "https://id.example"}, {"Origin", "https://evil.example"}}), ours));
}

TEST(FormToken, MatchesItsSecretAndLooksDifferentEachTime) {
  rowan::testing::FakeRandom random;
  const auto secret = random.bytes<16>(), other = random.bytes<16>();
  const auto token = form_token(secret, random);
  EXPECT_NE(token, form_token(secret, random));
  EXPECT_TRUE(form_token_matches(token, secret));
  EXPECT_FALSE(form_token_matches(token, other));
  EXPECT_FALSE(form_token_matches("", secret));
  EXPECT_FALSE(form_token_matches(token.substr(1), secret));
}

TEST(SecurityHeaders, AreOnEveryPageAndKeepExistingValues) {  // BRW-01, BRW-03, BRW-04, BRW-05, BRW-06, BRW-17
  http::Response page{.content_type = "text/html; charset=utf-8"};
  add_security_headers(page, {.https = true});
  const auto csp = *page.headers.single("Content-Security-Policy");
  EXPECT_NE(csp.find("frame-ancestors 'none'"), std::string_view::npos);
  EXPECT_EQ(csp.find("unsafe-inline"), std::string_view::npos);
  EXPECT_EQ(page.headers.single("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page.headers.single("Cache-Control"), "no-store");
  EXPECT_EQ(page.headers.single("Referrer-Policy"), "same-origin");
  EXPECT_TRUE(page.headers.single("Strict-Transport-Security"));
  http::Response asset{.content_type = "text/css"};
  asset.headers.add("Cache-Control", "public, immutable");
  add_security_headers(asset, {.https = false});
  EXPECT_EQ(asset.headers.single("Cache-Control"), "public, immutable");
  EXPECT_FALSE(asset.headers.single("Strict-Transport-Security"));
}

}  // namespace
}  // namespace rowan::protection
