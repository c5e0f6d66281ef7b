// What an administrator sees and ends of an account's sessions.
#include <rowan/add_ons/active_sessions/active_sessions_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

using Which = RevokeWhich::Purpose;

class SessionsOfAnAccount : public ActiveSessions {
 protected:
  std::int64_t ended(const RevokeWhich& which) {
    const auto done = app.auth().revoke_all(id, which);
    EXPECT_TRUE(done) << (done ? "" : done.error().reason);
    return done ? *done : -1;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, SessionsOfAnAccount, every_database(), name_of_database);

TEST_P(SessionsOfAnAccount, AreListedForAdministratorsAndEndOneByOne) {  // SES-10
  auto owner = signed_in_browser();
  auto script = program();
  const auto all = app.auth().sessions(id);
  ASSERT_TRUE(all);
  ASSERT_THAT(*all, SizeIs(2));
  const auto& session = (*all)[0].is_bearer ? (*all)[1] : (*all)[0];
  EXPECT_EQ(session.browser, "Firefox on Linux");
  EXPECT_EQ(session.user_agent, firefox);
  EXPECT_TRUE(session.methods.contains("password"));
  ASSERT_TRUE(app.auth().end_session(id, session.id));
  EXPECT_TRUE(app.auth().end_session(id, session.id)) << "it is so already";
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(status_of(script), 200);
  const auto wrong = app.auth().end_session(make_user(bob), (*all)[0].id);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::not_found);
}

TEST_P(SessionsOfAnAccount, EndByWhatTheyAreFor) {
  auto owner = signed_in_browser();
  auto script = program();
  EXPECT_EQ(ended({.purposes = {Which::bearer}}), 1);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(status_of(script), 401);
  auto again = program();
  EXPECT_EQ(ended({.except = {Which::bearer}}), 1);
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(status_of(again), 200);
  EXPECT_EQ(ended({.purposes = {Which::bearer}, .except = {Which::bearer}}), 0) << "exclusion wins";
  EXPECT_EQ(status_of(again), 200);
}

TEST_P(SessionsOfAnAccount, EndByWhenTheyWereMade) {
  auto before = program();
  app.clock().advance(1h);
  auto after = program();
  EXPECT_EQ(ended({.before = app.clock().now()}), 1);
  EXPECT_EQ(status_of(before), 401);
  EXPECT_EQ(status_of(after), 200);
}

TEST_P(SessionsOfAnAccount, EndAllWithoutACondition) {
  auto owner = signed_in_browser();
  auto script = program();
  EXPECT_EQ(ended({}), 2);
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(status_of(script), 401);
  EXPECT_EQ(live(), 0U);
}

TEST_P(SessionsOfAnAccount, EndHoweverManyThereAre) {
  auto script = program();
  run(
      Sql("INSERT INTO rowan_tokens (number, account_id, tenant, subject, purpose, methods, address, user_agent, "
          "created_at, seen_at, expires_at, generation, tenant_generation) "
          "WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 2300) "
          "SELECT number + 100000 + n.value, account_id, tenant, subject, purpose, methods, address, user_agent, "
          "created_at, seen_at, expires_at, generation, tenant_generation FROM rowan_tokens, n"));
  EXPECT_EQ(live(), Auth::max_sessions_listed);
  EXPECT_EQ(ended({.purposes = {Which::bearer}}), 2301);
  EXPECT_EQ(status_of(script), 401);
  EXPECT_EQ(live(), 0U);
}

TEST_P(SessionsOfAnAccount, AreNotFoundWithoutAnAccount) {
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(app.auth().sessions(id).error().code, ErrorCode::not_found);
  EXPECT_EQ(app.auth().revoke_all(id, {.purposes = {Which::session}}).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace rowan::flows
