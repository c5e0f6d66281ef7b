// How many sessions an account can have, under races too.
#include <atomic>
#include <rowan/add_ons/active_sessions/active_sessions_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

class OneSession : public ActiveSessions {
 protected:
  OneSession() : ActiveSessions({.max_sessions = 1}, false) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, OneSession, every_database(), name_of_database);

TEST_P(OneSession, EndsWhenTheNextIsMade) {  // SES-13
  auto first = signed_in_browser();
  auto second = signed_in_browser();
  EXPECT_FALSE(is_signed_in(first));
  EXPECT_TRUE(is_signed_in(second));
  auto script = program();
  EXPECT_FALSE(is_signed_in(second)) << "a token counts too";
  EXPECT_EQ(status_of(script), 200);
  EXPECT_EQ(live(), 1U);
}

TEST_P(OneSession, IsNotEndedByAnotherAccountsSignIn) {
  make_user(bob);
  auto anns = signed_in_browser();
  auto bobs = signed_in_browser(bob);
  EXPECT_TRUE(is_signed_in(anns));
  EXPECT_TRUE(is_signed_in(bobs));
}

TEST_P(OneSession, IsNotEndedByAWrongPasswordOrAMissingSecondFactor) {
  auto owner = signed_in_browser();
  owner.get("/account").form("totp/setup").fill("user[current_password]", password).submit();
  const auto secret = key_on(owner);
  owner.form("totp/confirm_setup").fill("user[code]", testing::totp_code(secret, app.clock())).submit();
  ASSERT_TRUE(is_signed_in(owner));
  auto stranger = app.browser();
  stranger.json("POST", "/api/auth/user/password/sign_in", credentials(ann, other_password));
  EXPECT_EQ(stranger.status(), 401);
  stranger.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_THAT(stranger.body(), HasSubstr("pending"));
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(live(), 1U);
}

TEST_P(OneSession, GoesOnWhenItIsRenewed) {
  auto owner = signed_in_browser();
  owner.get("/account")
      .form("password/change")
      .fill("user[current_password]", password)
      .fill("user[password]", other_password)
      .fill("user[password_confirmation]", other_password)
      .submit();
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(live(), 1U);
}

TEST_P(OneSession, IsTheOnlyOneAfterAHundredSignInsAtOnce) {
  std::atomic<int> signed_in{0};
  std::mutex mutex;
  std::vector<std::string> tokens;
  {
    std::barrier together(100);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 100; ++i)
      threads.emplace_back([&] {
        auto script = app.browser();
        together.arrive_and_wait();
        // A busy database answers 503; the program tries again, as Retry-After says.
        int status = 503;
        for (int attempt = 0; attempt < 20 && status == 503; ++attempt)
          status = script.json("POST", "/api/auth/user/password/sign_in", credentials()).status();
        if (status != 200) return;
        ++signed_in;
        const std::lock_guard lock(mutex);
        tokens.push_back(text_at(script.answer(), {"authentication", "bearer"}));
      });
  }
  EXPECT_EQ(signed_in, 100);
  int works = 0;
  for (const auto& token : tokens) {
    auto script = app.browser();
    script.bearer(token);
    works += status_of(script) == 200 ? 1 : 0;
  }
  EXPECT_EQ(works, 1);
  EXPECT_EQ(live(), 1U);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_tokens WHERE revoked_at IS NULL")), 1);
}

TEST_P(OneSession, IsTheOnlyOneAfterSignInsOnTwoNodesAtOnce) {
  AnotherNode other(app, {.strategies = rooms(), .limited = false});
  std::mutex mutex;
  std::vector<std::string> tokens;
  {
    std::barrier together(20);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 20; ++i)
      threads.emplace_back([&, i] {
        auto script = i % 2 == 0 ? app.browser() : other.browser();
        together.arrive_and_wait();
        int status = 503;
        for (int attempt = 0; attempt < 20 && status == 503; ++attempt)
          status = script.json("POST", "/api/auth/user/password/sign_in", credentials()).status();
        EXPECT_EQ(status, 200) << script.body();
        const std::lock_guard lock(mutex);
        tokens.push_back(text_at(script.answer(), {"authentication", "bearer"}));
      });
  }
  app.clock().advance(1001ms);
  for (int node = 0; node < 2; ++node) {
    int works = 0;
    for (const auto& token : tokens) {
      auto script = node == 0 ? app.browser() : other.browser();
      script.bearer(token);
      works += status_of(script) == 200 ? 1 : 0;
    }
    EXPECT_EQ(works, 1) << "node " << node;
  }
  EXPECT_EQ(live(), 1U);
}

class ThreeSessions : public ActiveSessions {
 protected:
  ThreeSessions() : ActiveSessions({.max_sessions = 3}, false) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, ThreeSessions, every_database(), name_of_database);

TEST_P(ThreeSessions, EndInTheOrderInWhichTheyWereUsedLast) {
  auto a = program(), b = program(), c = program();
  app.clock().advance(6min);
  EXPECT_EQ(status_of(a), 200);
  app.deliver();  // b and c were not used since
  auto d = program();
  EXPECT_EQ(status_of(a), 200);
  EXPECT_EQ((status_of(b) == 200) + (status_of(c) == 200), 1);
  auto e = program();
  EXPECT_EQ(status_of(a), 200);
  EXPECT_EQ(status_of(b), 401);
  EXPECT_EQ(status_of(c), 401);
  EXPECT_EQ(status_of(d), 200);
  EXPECT_EQ(status_of(e), 200);
}

TEST_P(ThreeSessions, DoNotCountWhatWasIdleHasExpiredOrEnded) {
  auto idle = signed_in_browser();
  app.clock().advance(25h);
  auto a = program(), b = program();
  flows::sign_out(idle);
  auto c = signed_in_browser();
  EXPECT_EQ(status_of(a), 200);
  EXPECT_EQ(status_of(b), 200);
  EXPECT_TRUE(is_signed_in(c));
}

TEST_P(ThreeSessions, TellHooksOfEachThatHadToGo) {
  for (int i = 0; i < 3; ++i) program();
  EXPECT_THAT(heard, IsEmpty());
  for (int i = 0; i < 2; ++i) program();
  EXPECT_THAT(heard, ElementsAre("sessions/limit", "sessions/limit"));
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_revocations WHERE kind = 0")), 2);
}

// After the limit was switched on: an account that had many has as many as it may with its next sign-in.
TEST_P(ThreeSessions, AreLeftOfManyAtTheNextSignIn) {
  auto first = program();
  run(
      Sql("INSERT INTO rowan_tokens (number, account_id, tenant, subject, purpose, methods, address, user_agent, "
          "created_at, seen_at, expires_at, generation, tenant_generation) "
          "SELECT number + 100000 + n.value, account_id, tenant, subject, purpose, methods, address, user_agent, "
          "created_at, seen_at - n.value - 1, expires_at, generation, tenant_generation FROM rowan_tokens, "
          "json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]') n",
          "INSERT INTO rowan_tokens (number, account_id, tenant, subject, purpose, methods, address, user_agent, "
          "created_at, seen_at, expires_at, generation, tenant_generation) "
          "SELECT number + 100000 + n.value, account_id, tenant, subject, purpose, methods, address, user_agent, "
          "created_at, seen_at - n.value - 1, expires_at, generation, tenant_generation FROM rowan_tokens, "
          "generate_series(1, 20) AS n (value)"));
  EXPECT_EQ(live(), 21U);
  auto second = program();
  EXPECT_EQ(live(), 3U);
  EXPECT_EQ(status_of(first), 200);
  EXPECT_EQ(status_of(second), 200);
}

}  // namespace
}  // namespace rowan::flows
