// What becomes of rows: retention, accounts that are closed, erased or taken over.
#include <rowan/base/try.hpp>

#include "audit_flow_for_tests.hpp"

namespace rowan::flows {
namespace {

class ForgottenAudit : public AuditLog {
 protected:
  ForgottenAudit() : AuditLog({.include_fields = {"email"}}) {}
  void SetUp() override {
    owner.client("203.0.113.9");
    register_in(owner);
    guess_in(stranger.client("198.51.100.7"));
    id = id_of();
  }
  std::int64_t personal() {
    return number(
        Sql("SELECT COUNT(*) FROM rowan_audit_log WHERE address <> '' OR user_agent <> '' OR identity <> '' OR data "
            "<> '{}'"));
  }
  std::int64_t of_account() {
    return number(Sql("SELECT COUNT(*) FROM rowan_audit_log WHERE account_id = :id"), {{"id", id}});
  }
  // As many more rows of the account.
  void add_rows(int count) {
    const auto made = app.database().transact([&](Transaction& transaction) -> Result<> {
      for (int i = 0; i < count; ++i) {
        const auto row = std::to_string(10000000 + i) + "-0000-7000-8000-000000000000";
        static constexpr Sql insert{
            "INSERT INTO rowan_audit_log (id, at, subject, account_id, event, strategy, phase, address) "
            "VALUES (:id, :at, 'user', :account, 'failed', 's', 'p', '203.0.113.9')"};
        ROWAN_CHECK(transaction.execute(insert, {{"id", row}, {"account", id}, {"at", app.clock().now()}}));
      }
      return {};
    });
    ASSERT_TRUE(made);
  }
  void an_hour_later() {
    app.clock().advance(1h);
    for (int i = 0; i < 20; ++i) app.deliver();
  }
  AccountId id{};
};
INSTANTIATE_TEST_SUITE_P(Databases, ForgottenAudit, every_database(), name_of_database);

TEST_P(ForgottenAudit, OfAClosedAccountSaysWhatHappenedAndNothingPersonal) {
  EXPECT_GT(personal(), 0);
  const auto before = of_account();
  owner.get("/account").form("user/account").fill("user[current_password]", password).submit();
  ASSERT_TRUE(owner.says("Your account is closed"));
  EXPECT_EQ(personal(), 0);
  EXPECT_EQ(of_account(), before + 2) << "the closing, by whom and how";
  EXPECT_THAT(told(rows({.account = id})).back(), "done account/close success");
}

TEST_P(ForgottenAudit, OfAnErasedAccountSaysWhatHappenedAndNotToWhom) {
  const auto before = rows().size();
  ASSERT_TRUE(app.auth().erase(id));
  EXPECT_EQ(personal(), 0);
  EXPECT_EQ(of_account(), 0);
  const auto all = rows();
  EXPECT_EQ(all.size(), before + 1);
  EXPECT_EQ(told(all.back()), "administered administration/erase success");
  ASSERT_TRUE(app.auth().erase(id)) << "it is so already";
}

TEST_P(ForgottenAudit, OfALargeAccountIsForgottenBitByBit) {
  add_rows(3500);
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_GT(personal(), 2000) << "the rest is not in the transaction of the closing";
  an_hour_later();
  EXPECT_EQ(personal(), 0);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_audit_accounts")), 0);
  ASSERT_TRUE(app.auth().erase(id));
  an_hour_later();
  EXPECT_EQ(of_account(), 0);
}

// A request of before the closing may write its row after it.
TEST_P(ForgottenAudit, IncludesARowThatCameLate) {
  ASSERT_TRUE(app.auth().close(id));
  run(Sql("INSERT INTO rowan_audit_log (id, at, subject, account_id, event, strategy, phase, address) "
          "VALUES ('99999999-0000-7000-8000-000000000000', 1, 'user', :id, 'failed', 's', 'p', '203.0.113.9')"),
      {{"id", id}});
  an_hour_later();
  EXPECT_EQ(personal(), 0);
}

TEST_P(ForgottenAudit, LeavesOtherAccountsAlone) {
  auto other = app.browser();
  register_in(other, bob);
  const auto before = rows({.account = id_of(bob)});
  ASSERT_TRUE(app.auth().erase(id));
  an_hour_later();
  const auto after = rows({.account = id_of(bob)});
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(to_json(after[0]).text(), to_json(before[0]).text());
}

class OldAudit : public AuditLog {
 protected:
  OldAudit() : AuditLog({.log_lifetime = std::chrono::days(30), .expunge_interval = 12h}) {}
  // Ids begin with their time. On PostgreSQL the database's own clock counts too, so the test's is not moved.
  void make_all_old() { run(Sql("UPDATE rowan_audit_log SET id = '00' || substr(id, 3)")); }
};
INSTANTIATE_TEST_SUITE_P(Databases, OldAudit, every_database(), name_of_database);

TEST_P(OldAudit, IsRemovedAfterItsLifetime) {  // DAT-01
  register_in(owner);
  app.deliver();
  EXPECT_THAT(rows(), SizeIs(2));
  make_all_old();
  guess_in(stranger);
  app.clock().advance(13h);
  app.deliver();
  EXPECT_THAT(told(rows()), ElementsAre("failed password/sign_in failure authentication_failed"));
}

TEST_P(OldAudit, IsRemovedAsOftenAsTheIntervalSays) {
  app.deliver();  // the first time at once
  register_in(owner);
  make_all_old();
  app.clock().advance(2h);
  app.deliver();
  EXPECT_THAT(rows(), SizeIs(2)) << "twelve hours have not passed since";
  app.clock().advance(11h);
  app.deliver();
  EXPECT_THAT(rows(), IsEmpty());
}

TEST(AuditForEver, IsNeverRemoved) {
  testing::TestApp app(with_log("sqlite", {.log_lifetime = 0s}));
  auto browser = app.browser();
  register_in(browser);
  app.clock().advance(std::chrono::days(4000));
  app.deliver();
  EXPECT_THAT(rows_of(app), SizeIs(2));
}

}  // namespace
}  // namespace rowan::flows
