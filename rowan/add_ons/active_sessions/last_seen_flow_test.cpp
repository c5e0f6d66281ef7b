// "Last seen" of sessions and bearer tokens: noted by the guard, written in the background.
#include <rowan/add_ons/active_sessions/active_sessions_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

class LastSeen : public ActiveSessions {
 protected:
  std::chrono::microseconds since_seen() {
    const auto all = app.auth().sessions(id);
    return all && !all->empty() ? app.clock().now() - all->front().seen_at : 999h;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, LastSeen, every_database(), name_of_database);

TEST_P(LastSeen, IsKeptOfASessionWhenItsCookieIsRenewed) {
  auto owner = signed_in_browser();
  app.clock().advance(6min);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(since_seen(), 6min) << "nothing is written while a request waits";
  app.deliver();
  EXPECT_LT(since_seen(), 5s);
}

// A page that asks nobody who they are renews no cookie: a session that is idle is not shown as one that works.
TEST_P(LastSeen, SaysNoMoreThanWhatKeepsASessionAlive) {
  auto owner = signed_in_browser();
  app.clock().advance(20h);
  owner.get("/reset");
  app.deliver();
  app.clock().advance(4h + 2min);
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(live(), 0U);
}

TEST_P(LastSeen, IsKeptOfABearerToken) {
  auto script = program();
  app.clock().advance(6min);
  EXPECT_EQ(status_of(script), 200);
  app.deliver();
  EXPECT_LT(since_seen(), 5s);
}

TEST_P(LastSeen, IsNotMovedByWhatIsRefused) {
  auto script = program();
  ASSERT_TRUE(app.auth().revoke_all(id));
  app.clock().advance(6min);
  EXPECT_EQ(status_of(script), 401);
  app.deliver();
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_tokens WHERE seen_at <> created_at")), 0);
}

TEST_P(LastSeen, IsWrittenByOneStatementASecondHoweverManyRequestsThereAre) {
  testing::CountingDatabase counting(app.database());
  const auto mailer = open_mailer("mailbox");
  Auth node({.base_url = "https://rowan.example",
             .database = counting,
             .mailer = *mailer,
             .secret = Secret::from_text(tests_secret),
             .strategies = rooms(),
             .clock = &app.clock(),
             .random = &app.random()});
  node.run_due_work();
  std::vector<std::string> headers;
  for (int i = 0; i < 20; ++i) {
    auto script = app.browser();
    script.json("POST", "/api/auth/user/password/sign_in", credentials());
    headers.push_back("Bearer " + text_at(script.answer(), {"authentication", "bearer"}));
  }
  app.clock().advance(6min);
  node.run_due_work();
  counting.start();
  std::size_t statements = 0;
  for (int second = 0; second < 10; ++second) {
    for (int i = 0; i < 200; ++i) {
      const auto& header = headers[static_cast<std::size_t>(second * 2 + i % 2)];
      const auto verdict = node.authenticate({.authorization = header}, GuardKind::bearer);
      ASSERT_TRUE(std::holds_alternative<GuardAccepted>(verdict));
      if (i % 50 == 0) node.run_due_work();
    }
    std::size_t now = 0;
    for (const auto& statement : counting.take()) now += statement.contains("SET seen_at") ? 1 : 0;
    EXPECT_LE(now, 1U);
    statements += now;
    app.clock().advance(1s);
    node.run_due_work();
    for (const auto& statement : counting.take()) statements += statement.contains("SET seen_at") ? 1 : 0;
  }
  EXPECT_LE(statements, 11U);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_tokens WHERE seen_at > created_at")), 20);
}

TEST_P(LastSeen, IsWrittenWhenANodeStops) {
  auto script = program();
  app.clock().advance(6min);
  EXPECT_EQ(status_of(script), 200);
  app.auth().stop();
  EXPECT_LT(since_seen(), 5s);
}

TEST_P(LastSeen, ThatCouldNotBeWrittenIsWrittenLater) {
  auto script = program();
  app.clock().advance(6min);
  EXPECT_EQ(status_of(script), 200);
  run(Sql("ALTER TABLE rowan_tokens RENAME TO rowan_tokens_away"));
  app.deliver();
  run(Sql("ALTER TABLE rowan_tokens_away RENAME TO rowan_tokens"));
  app.clock().advance(2s);
  app.deliver();
  EXPECT_LT(since_seen(), 10s);
}

}  // namespace
}  // namespace rowan::flows
