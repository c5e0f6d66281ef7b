// Tokens of the provider that the application asks for: kept sealed, refreshed once, gone with what they belong to.
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>
#include <rowan/testing/number_in.hpp>
#include <thread>

namespace rowan::strategies::oauth2::for_tests {
namespace {

using namespace std::chrono_literals;

class ProviderTokens : public ForgeFlow {
 protected:
  static OAuth2Options keeping_tokens() {
    auto options = forge_options();
    options.accounts.keep_tokens = true;
    return options;
  }
  ProviderTokens() : ForgeFlow(keeping_tokens()) {}
  void SetUp() override { gives("first", "refresh-1"); }

  /// What the token endpoint answers from now on; it counts the refreshes and remembers what they brought.
  void gives(const std::string& access, const std::string& refresh, std::int64_t seconds = 3600) {
    http.on(http::Method::post, "https://forge.example/token",
            [this, access, refresh, seconds](const http::OutgoingRequest& request) {
              if (request.body.find("grant_type=refresh_token") != std::string::npos) {
                ++refreshes;
                std::this_thread::sleep_for(20ms);  // others come meanwhile
              }
              std::vector<std::pair<std::string, Json>> answer{
                  {"access_token", access}, {"token_type", "Bearer"}, {"expires_in", seconds}};
              if (!refresh.empty()) answer.emplace_back("refresh_token", refresh);
              return Result<http::OutgoingResponse>(testing::FakeHttpClient::json(Json::object(answer)));
            });
  }
  void refuses(const std::string& error, int status) {
    http.on(http::Method::post, "https://forge.example/token", [this, error, status](const http::OutgoingRequest&) {
      ++refreshes;
      return Result<http::OutgoingResponse>(testing::FakeHttpClient::json({{"error", error}}, status));
    });
  }
  AccountId id() { return (*app.find_user(ann))->id; }
  Result<ProviderToken> token() { return app.auth().provider_token(id(), "forge"); }
  std::string access() {
    const auto got = token();
    return got ? std::string(got->access_token.expose()) : "error: " + got.error().reason;
  }
  std::int64_t kept() { return count(Sql{"SELECT COUNT(*) FROM rowan_provider_tokens"}); }

  std::atomic<int> refreshes{0};
};
INSTANTIATE_TEST_SUITE_P(Databases, ProviderTokens, every_database(), name_of_database);

TEST_P(ProviderTokens, AreKeptSealedAndGivenToTheApplicationOnly) {  // IDP-11
  sign_in(browser);
  ASSERT_TRUE(is_signed_in(browser));
  EXPECT_EQ(access(), "first");
  EXPECT_EQ(refreshes, 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_provider_tokens "
                      "WHERE access_token LIKE '%first%' OR refresh_token LIKE '%refresh%'"}),
            0);
  for (const auto* page : {"/", "/account", "/me"})
    EXPECT_EQ(browser.get(page).body().find("first"), std::string::npos) << page;
  EXPECT_EQ(app.auth().provider_token(id(), "password").error().code, ErrorCode::not_found);
  EXPECT_EQ(app.auth().provider_token(AccountId(), "forge").error().code, ErrorCode::not_found);
}

TEST_P(ProviderTokens, AreRefreshedBeforeTheyExpire) {
  sign_in(browser);
  gives("second", "refresh-2");
  app.clock().advance(58min);
  EXPECT_EQ(access(), "first");
  app.clock().advance(1min + 1s);
  EXPECT_EQ(access(), "second");
  EXPECT_EQ(access(), "second");
  EXPECT_EQ(refreshes, 1);
  EXPECT_EQ(parameter_of(http.requests().back().body, "refresh_token"), "refresh-1");
  // The provider gives no new one: the last goes on.
  gives("third", "");
  app.clock().advance(1h);
  EXPECT_EQ(access(), "third");
  app.clock().advance(1h);
  EXPECT_EQ(access(), "third");
  EXPECT_EQ(parameter_of(http.requests().back().body, "refresh_token"), "refresh-2");
}

TEST_P(ProviderTokens, AreRefreshedOnceHoweverManyAsk) {
  sign_in(browser);
  gives("second", "refresh-2");
  app.clock().advance(2h);
  const auto account = id();
  std::vector<std::string> got(24);
  {
    std::vector<std::jthread> threads;
    for (auto& one : got)
      threads.emplace_back([&] {
        const auto given = app.auth().provider_token(account, "forge");
        one = given ? std::string(given->access_token.expose()) : given.error().reason;
      });
  }
  for (const auto& one : got) EXPECT_EQ(one, "second");
  EXPECT_EQ(refreshes, 1);
}

TEST_P(ProviderTokens, GoOnWhileTheProviderIsAwayAndTheyWork) {
  sign_in(browser);
  refuses("temporarily_unavailable", 503);
  app.clock().advance(59min + 30s);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(access(), "first");
  EXPECT_EQ(refreshes, 1) << "the provider is not asked by every caller";
  app.clock().advance(31s);
  EXPECT_EQ(token().error().code, ErrorCode::unavailable);
  gives("second", "refresh-2");
  EXPECT_EQ(access(), "second");
}

TEST_P(ProviderTokens, AreGoneWhenTheProviderTakesThemNoMore) {
  sign_in(browser);
  refuses("invalid_grant", 400);
  app.clock().advance(2h);
  EXPECT_EQ(token().error().code, ErrorCode::authentication_failed);
  EXPECT_EQ(token().error().code, ErrorCode::not_found);
  EXPECT_EQ(refreshes, 1);
  gives("third", "refresh-3");
  sign_in(browser);
  EXPECT_EQ(access(), "third");
}

// Whose clock is a little ahead of ours.
TEST_P(ProviderTokens, AreNotRefreshedWhileAnotherNodeDoesIt) {
  sign_in(browser);
  gives("second", "refresh-2");
  app.clock().advance(59min + 30s);
  ASSERT_TRUE(app.database().transact([&](Transaction& transaction) {
    return transaction.execute(Sql{"UPDATE rowan_provider_tokens SET refreshing_until = :until"},
                               {{"until", app.clock().now() + 30s + 2s}});
  }));
  EXPECT_EQ(access(), "first");
  EXPECT_EQ(refreshes, 0);
}

// The process that refreshed ended in the middle.
TEST_P(ProviderTokens, AreRefreshedAfterAClaimThatNobodyEnds) {
  sign_in(browser);
  gives("second", "refresh-2");
  app.clock().advance(2h);
  const auto claim = [&](Timestamp until) {
    ASSERT_TRUE(app.database().transact([&](Transaction& transaction) {
      return transaction.execute(Sql{"UPDATE rowan_provider_tokens SET refreshing_until = :until"}, {{"until", until}});
    }));
  };
  claim(app.clock().now() + 20s);
  app.clock().advance(21s);
  EXPECT_EQ(access(), "second");
  app.clock().advance(2h);
  claim(app.clock().now() + 24h);  // by a clock ahead of ours
  gives("third", "refresh-3");
  EXPECT_EQ(access(), "third");
}

TEST_P(ProviderTokens, GoWithTheAccountAndWithTheProvider) {
  sign_in(browser);
  ASSERT_EQ(kept(), 1);
  ASSERT_TRUE(app.auth().disable(id()));
  EXPECT_EQ(token().error().code, ErrorCode::forbidden);
  ASSERT_TRUE(app.auth().enable(id()));
  sign_in(browser);
  browser.with_header("Sec-Fetch-Site", "same-origin").get("/account").form("forge/unlink").submit();
  EXPECT_EQ(kept(), 0) << browser.body();
  sign_in(browser);
  ASSERT_EQ(kept(), 1);
  ASSERT_TRUE(app.auth().close(id()));
  EXPECT_EQ(kept(), 0);
}

TEST_P(ProviderTokens, AreOfNoUseInAnotherRow) {
  sign_in(browser);
  is_now({{"id", 8}, {"email", "bob@notes.example"}, {"email_verified", true}});
  gives("of-bob", "refresh-b");
  auto other = app.browser();
  sign_in(other);
  ASSERT_EQ(kept(), 2);
  ASSERT_TRUE(app.database().transact([&](Transaction& transaction) {
    return transaction.execute(
        Sql{"UPDATE rowan_provider_tokens SET access_token = "
            "(SELECT access_token FROM rowan_provider_tokens WHERE uid = '8')"});
  }));
  EXPECT_EQ(token().error().code, ErrorCode::not_found);
}

TEST(OAuth2Options, KeepNoTokensUnlessAsked) { EXPECT_FALSE(rowan::oauth2(forge_options()).provider_token); }

}  // namespace
}  // namespace rowan::strategies::oauth2::for_tests
