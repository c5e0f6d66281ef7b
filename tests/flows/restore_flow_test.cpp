// What a restored backup does to those who are signed in, and what after_restore() does for them.
#include <rowan/testing/number_in.hpp>
#include "flow.hpp"

namespace rowan::flows {
namespace {

class RestoreFlow : public OnEveryDatabase {
 protected:
  Browser browser = app.browser();
  void run(const Sql& statement) {
    ASSERT_TRUE(app.database().transact([&](Transaction& transaction) { return transaction.execute(statement); }));
  }
  std::string bearer() {
    auto program = app.browser();
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    return text_at(program.answer(), {"authentication", "bearer"});
  }
  int status_with(const std::string& bearer) {
    auto program = app.browser();
    program.bearer(bearer);
    return program.json("GET", "/me").status();
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, RestoreFlow, every_database(), name_of_database);

TEST_P(RestoreFlow, AfterRestoreEndsEverythingFromBeforeAndPeopleSignInAgain) {  // SES-10
  register_in(browser);
  const auto token = bearer();
  ask_for_reset(browser);
  const auto link = app.mailed_path(ann);
  ask_for_reset(browser);  // waits in the outbox
  ASSERT_EQ(status_with(token), 200);

  const auto done = app.auth().after_restore();
  ASSERT_TRUE(done) << done.error().reason;
  EXPECT_EQ(done->links, 2);
  EXPECT_EQ(done->mails, 1);
  EXPECT_EQ(status_with(token), 401);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_NE(app.browser().get(link).status(), 200) << "a link from before";
  EXPECT_EQ(app.mailbox(ann).size(), 1U) << "nothing is sent a second time";

  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(status_with(bearer()), 200);
  ask_for_reset(browser);
  EXPECT_EQ(app.browser().get(app.mailed_path(ann)).status(), 200) << "a link from after it";
}

TEST_P(RestoreFlow, AfterRestoreEndsCodesAndSecondFactorsThatWait) {
  run("INSERT INTO rowan_codes (id, flow_hash, code_hash, attempts_left, purpose, subject, created_at, expires_at) "
      "VALUES ('c', '', '', 1, 'p', 'user', 1, 9000000000000000)");
  run("INSERT INTO rowan_flows (id, kind, subject, strategy, phase, created_at, expires_at) "
      "VALUES ('f', 'k', 'user', 's', 'p', 1, 9000000000000000)");
  const auto done = app.auth().after_restore();
  ASSERT_TRUE(done) << done.error().reason;
  EXPECT_EQ(done->codes, 1);
  EXPECT_EQ(done->flows, 1);
  static constexpr Sql live{
      "SELECT (SELECT COUNT(*) FROM rowan_codes WHERE expires_at > :now) + "
      "(SELECT COUNT(*) FROM rowan_flows WHERE expires_at > :now)"};
  EXPECT_EQ(testing::number_in(app.database(), live, {{"now", app.clock().now()}}), 0);
}

TEST_P(RestoreFlow, EachCallMovesTheNumbersOn) {
  const auto first = app.auth().after_restore(), second = app.auth().after_restore();
  ASSERT_TRUE(first && second);
  EXPECT_GT(second->numbers_from, first->numbers_from);
  register_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(RestoreFlow, ATokenFromALostHistoryIsRefusedByANewNode) {
  register_in(browser);
  const auto token = bearer();
  run("UPDATE rowan_numbers SET next = 1 WHERE name = 'tokens'");
  const auto mailer = open_mailer("mailbox");
  AuthOptions options{.base_url = "https://rowan.example",
                      .database = app.database(),
                      .mailer = *mailer,
                      .secret = Secret::from_text("a secret of tests: 0123456789abcdef"),  // the TestApp's
                      .strategies = {rowan::password()},
                      .clock = &app.clock()};
  const Auth fresh(std::move(options));
  const auto header = "Bearer " + token;
  const auto verdict = fresh.decide({.authorization = header}, GuardKind::bearer);
  ASSERT_TRUE(verdict) << verdict.error().reason;
  EXPECT_TRUE(std::holds_alternative<GuardRefused>(*verdict));
}

TEST_P(RestoreFlow, AWebVisitorSignedOutWithoutARowIsRefusedEverywhere) {
  register_in(browser);
  const auto token = bearer();
  const auto cookies = browser.cookies();
  ASSERT_EQ(status_with(token), 200);
  run("DELETE FROM rowan_tokens");
  sign_out(browser);
  auto program = app.browser();
  program.bearer(token);
  EXPECT_EQ(program.json("POST", "/api/auth/sign_out", Json({})).status(), 200);
  EXPECT_EQ(status_with(token), 401);
  browser.cookies() = cookies;
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(RestoreFlow, RunDueWorkRemovesWhatHasExpiredFromEveryTableThatGrows) {  // DAT-01
  register_in(browser);
  run("UPDATE rowan_tokens SET expires_at = 1");
  run("INSERT INTO rowan_links (id, secret_hash, purpose, subject, created_at, expires_at) "
      "VALUES ('l', '', 'p', 'user', 1, 1)");
  run("INSERT INTO rowan_codes (id, flow_hash, code_hash, attempts_left, purpose, subject, created_at, expires_at) "
      "VALUES ('c', '', '', 1, 'p', 'user', 1, 1)");
  run("INSERT INTO rowan_flows (id, kind, subject, strategy, phase, created_at, expires_at) "
      "VALUES ('f', 'k', 'user', 's', 'p', 1, 1)");
  run("INSERT INTO rowan_rate_limits (key, count, expires_at) VALUES ('r', 1, 1)");
  run("INSERT INTO rowan_devices (account_id, device, seen_at) SELECT id, 'd', 1 FROM rowan_accounts");
  run("INSERT INTO rowan_revocations (shard, n, kind, number, expires_at) VALUES (9, 1, 0, 5, 1), (9, 2, 0, 6, 1)");
  run("UPDATE rowan_feed_heads SET head = 2 WHERE shard = 9");
  run("INSERT INTO rowan_outbox (id, recipient, subject, kind, state, key_id, created_at, useful_until, "
      "next_attempt_at, finished_at) VALUES ('m', 'a', 's', 'k', 'sent', 1, 1, 1, 1, 1)");
  app.auth().run_due_work();
  static constexpr Sql left{
      "SELECT (SELECT COUNT(*) FROM rowan_tokens WHERE expires_at = 1) + (SELECT COUNT(*) FROM rowan_links WHERE id = "
      "'l') + (SELECT COUNT(*) FROM rowan_codes WHERE id = 'c') + (SELECT COUNT(*) FROM rowan_flows WHERE id = 'f') + "
      "(SELECT COUNT(*) FROM rowan_devices WHERE device = 'd') + "
      "(SELECT COUNT(*) FROM rowan_rate_limits WHERE key = 'r') + (SELECT COUNT(*) FROM rowan_revocations WHERE n = 1 "
      "AND shard = 9) + (SELECT COUNT(*) FROM rowan_outbox WHERE id = 'm')"};
  EXPECT_EQ(testing::number_in(app.database(), left), 0);
}

// What a room of the application's keeps goes in the same run, and one that fails keeps none of the others from it.
TEST(RunDueWork, ExpiresWhatRoomsKeepAndOutlivesOneThatThrows) {
  int swept = 0;
  Strategy throws{.name = "throws"}, sweeps{.name = "sweeps"};
  throws.expire = [](const Services&, Sweep&) -> Result<> { throw std::runtime_error("a room's own fault"); };
  sweeps.expire = [&swept](const Services&, Sweep&) -> Result<> {
    ++swept;
    return {};
  };
  testing::TestApp app({.strategies = {rowan::password(), throws, sweeps}});
  EXPECT_NO_THROW(app.auth().run_due_work());
  EXPECT_EQ(swept, 1);
}

}  // namespace
}  // namespace rowan::flows
