// A row for each event, in the transaction of what happened.
#include <rowan/add_ons/audit_log/entry.hpp>
#include <rowan/base/try.hpp>

#include "audit_flow_for_tests.hpp"

namespace rowan::flows {
namespace {

INSTANTIATE_TEST_SUITE_P(Databases, AuditLog, every_database(), name_of_database);

TEST_P(AuditLog, HasARowForEachThingThatHappens) {  // LOG-01
  EXPECT_THAT(told(rows_by([&] { register_in(owner); })),
              ElementsAre("registered password/register success", "signed_in password/register success"));
  const auto id = id_of();
  EXPECT_THAT(told(rows_by([&] { sign_out(owner); })), ElementsAre("signed_out session/sign_out success"));
  EXPECT_THAT(told(rows_by([&] { guess_in(stranger); })),
              ElementsAre("failed password/sign_in failure authentication_failed"));
  EXPECT_THAT(told(rows_by([&] { ask_for_reset(stranger); })), ElementsAre("done password/reset_request success"));
  EXPECT_THAT(told(rows_by([&] { EXPECT_TRUE(app.auth().disable(id)); })),
              ElementsAre("administered administration/disable success"));
  for (const auto& row : rows()) {
    EXPECT_EQ(row.account, id) << told(row);
    EXPECT_EQ(row.subject, "user");
    EXPECT_EQ(row.at, app.clock().now());
  }
}

TEST_P(AuditLog, KnowsWhoseAddressWasGuessedAtOrAskedFor_AndThatNoAccountHasAnother) {
  register_in(owner);
  const auto by_strangers = rows_by([&] {
    guess_in(stranger);
    guess_in(stranger, bob);
    ask_for_reset(stranger);
    ask_for_reset(stranger, bob);
  });
  ASSERT_THAT(by_strangers, SizeIs(4));
  EXPECT_EQ(by_strangers[0].account, id_of());
  EXPECT_TRUE(by_strangers[1].account.is_nil());
  EXPECT_EQ(by_strangers[2].account, id_of());
  EXPECT_EQ(by_strangers[2].status, "success");
  EXPECT_TRUE(by_strangers[3].account.is_nil());
  EXPECT_EQ(told(by_strangers[3]), "done password/reset_request failure no_account");
  EXPECT_EQ(by_strangers[0].identity, by_strangers[2].identity) << "the same address";
  EXPECT_NE(by_strangers[0].identity, by_strangers[1].identity);
  EXPECT_THAT(by_strangers[1].identity, AllOf(Not(IsEmpty()), Not(HasSubstr("bob"))));
}

TEST_P(AuditLog, SaysFromWhereAndWithWhat) {
  owner.client("203.0.113.9").with_header("User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/140.0");
  owner.json("POST", "/api/auth/user/password/register", registration());
  const auto all = rows();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[1].address, "203.0.113.9");
  EXPECT_THAT(all[1].user_agent, HasSubstr("Firefox"));
  EXPECT_EQ(all[1].data.text(), R"({"methods":["password"],"registered":true})");
}

TEST_P(AuditLog, OrdersItsRowsInTime) {
  register_in(owner);
  for (int i = 0; i < 5; ++i) guess_in(stranger);
  const auto all = rows();
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1].id, all[i].id);
}

TEST_P(AuditLog, HasNoRowOfWhatWasRolledBack) {
  register_in(owner);
  const auto id = id_of();
  run(Sql("DELETE FROM rowan_identifiers WHERE account_id = :id"), {{"id", id}});  // on_close of `account` fails
  const auto failing = rows_by([&] {
    const auto closed = app.auth().services().close_account(
        id, [](Transaction&, const User&) { return Result<>(Error{.code = ErrorCode::unavailable, .reason = "no"}); });
    EXPECT_FALSE(closed);
  });
  EXPECT_THAT(failing, IsEmpty());
}

TEST_P(AuditLog, RefusesASignInThatItCannotWrite) {
  register_in(owner);
  run(Sql("ALTER TABLE rowan_audit_log RENAME TO away"));
  sign_in_program(stranger);
  EXPECT_GE(stranger.status(), 500);
  EXPECT_EQ(text_at(stranger.answer(), {"authentication", "bearer"}), "");
  guess_in(stranger);
  EXPECT_EQ(stranger.status(), 401) << "a failure is answered the same";
  run(Sql("ALTER TABLE away RENAME TO rowan_audit_log"));
  EXPECT_EQ(sign_in_program(stranger).status(), 200);
}

TEST_P(AuditLog, WritesWhatAChangeDidInTheSameTransaction) {
  register_in(owner);
  confirm(app, owner);
  run(Sql("ALTER TABLE rowan_audit_log RENAME TO away"));
  owner.get("/account").form("user/email").fill("user[email]", bob).fill("user[current_password]", password).submit();
  EXPECT_GE(owner.status(), 500);
  run(Sql("ALTER TABLE away RENAME TO rowan_audit_log"));
  EXPECT_THAT(app.mailbox(bob), IsEmpty()) << "nothing was done that is not written down";
  const auto changed = rows_by([&] {
    owner.get("/account").form("user/email").fill("user[email]", bob).fill("user[current_password]", password).submit();
  });
  EXPECT_THAT(told(changed), ElementsAre("done email/change success"));
}

TEST_P(AuditLog, ContainsNoSecretAndNoAddress) {  // PWD-16
  register_in(owner);
  guess_in(stranger);
  sign_in(owner);
  ask_for_code(owner);
  ask_for_reset(owner);
  const auto reset = app.mailed_path(ann);
  choose(owner.get(reset).form("password/reset"), other_password);
  std::string all;
  for (const auto& row : rows()) all += to_json(row).text();
  for (const auto secret : {password, other_password, ann, std::string_view(reset).substr(reset.rfind('/') + 1)})
    EXPECT_THAT(all, Not(HasSubstr(std::string(secret))));
}

class AuditLogWithFields : public AuditLog {
 protected:
  AuditLogWithFields() : AuditLog({.include_fields = {"email", "remember_me", "no_such_field"}}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, AuditLogWithFields, every_database(), name_of_database);

TEST_P(AuditLogWithFields, KeepsTheFieldsThatAreAskedFor) {
  guess_in(stranger, "Bob@Notes.Example");
  const auto all = rows();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].data.text(), R"({"reason":"unknown account","fields":{"email":"Bob@Notes.Example"}})");
}

TEST_P(AuditLogWithFields, BoundsWhatAStrangerMakesItWrite) {
  const auto long_address = std::string(60, 'x') + "@" + std::string(60, 'y') + "." + std::string(60, 'z') + ".example";
  stranger.with_header("User-Agent", std::string(5000, 'u'));
  guess_in(stranger, long_address);
  const auto all = rows();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_LE(to_json(all[0]).text().size(), 3000U);
}

TEST_P(AuditLogWithFields, LeavesOutFieldsThatAreTooMuch) {
  AuthEvent event;
  event.kind = AuthEvent::Kind::failed;
  event.reason = "wrong";
  AuditLogOptions options;
  for (int i = 0; i < 20; ++i) {
    options.include_fields.push_back("field" + std::to_string(i));
    event.fields.emplace(options.include_fields.back(), std::string(1000, 'x'));
  }
  EXPECT_EQ(add_ons::audit_log::entry_of(app.auth().services(), event, options).data, R"({"reason":"wrong"})");
  options.include_fields.resize(2);
  const auto two = add_ons::audit_log::entry_of(app.auth().services(), event, options).data;
  EXPECT_THAT(two, HasSubstr("\"field1\":\"" + std::string(256, 'x') + "\""));
}

class AuditLogOfSome : public AuditLog {
 protected:
  AuditLogOfSome() : AuditLog({.exclude_events = {"failed"}, .exclude_strategies = {"magic_link"}}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, AuditLogOfSome, every_database(), name_of_database);

TEST_P(AuditLogOfSome, LeavesOutWhatIsExcluded) {
  register_in(owner);
  EXPECT_THAT(rows_by([&] {
                guess_in(stranger);
                ask_for_link(stranger);
              }),
              IsEmpty());
  EXPECT_THAT(rows_by([&] { ask_for_reset(stranger); }), SizeIs(1));
}

struct Privacy {
  AuditLogOptions::IpPrivacy mode;
  std::string v4, v6;
};
class AuditedAddress : public ::testing::TestWithParam<Privacy> {};
INSTANTIATE_TEST_SUITE_P(Modes, AuditedAddress,
                         ::testing::Values(Privacy{AuditLogOptions::IpPrivacy::none, "203.0.113.77", "2001:db8:1:2::5"},
                                           Privacy{AuditLogOptions::IpPrivacy::truncate, "203.0.113.0/24",
                                                   "2001:db8:1::/48"},
                                           Privacy{AuditLogOptions::IpPrivacy::exclude, "", ""}));

TEST_P(AuditedAddress, IsKeptAsFarAsTheModeSays) {
  testing::TestApp app(with_log("sqlite", {.ip_privacy_mode = GetParam().mode}));
  auto browser = app.browser();
  for (const auto* from : {"203.0.113.77", "2001:db8:1:2::5"})
    browser.client(from).json("POST", "/api/auth/user/password/sign_in", credentials());
  const auto all = rows_of(app);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].address, GetParam().v4);
  EXPECT_EQ(all[1].address, GetParam().v6);
}

TEST(HashedAuditedAddress, TellsTheSameVisitorAndNotWhere) {
  testing::TestApp app(with_log("sqlite", {.ip_privacy_mode = AuditLogOptions::IpPrivacy::hash}));
  auto browser = app.browser();
  for (const auto* from : {"203.0.113.77", "203.0.113.78", "203.0.113.77"})
    browser.client(from).json("POST", "/api/auth/user/password/sign_in", credentials());
  const auto all = rows_of(app);
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].address, all[2].address);
  EXPECT_NE(all[0].address, all[1].address);
  EXPECT_THAT(all[0].address, AllOf(::testing::StartsWith("#"), Not(HasSubstr("203"))));
}

class AuditLogReading : public AuditLog {};
INSTANTIATE_TEST_SUITE_P(Databases, AuditLogReading, every_database(), name_of_database);

TEST_P(AuditLogReading, FiltersByAccountEventStrategyAndTime) {
  register_in(owner);
  auto other = app.browser();
  register_in(other, bob);
  app.clock().advance(1h);
  const auto later = app.clock().now();
  sign_in_program(stranger);
  guess_in(stranger);
  EXPECT_THAT(rows({.account = id_of(bob)}), SizeIs(2));
  EXPECT_THAT(rows({.account = id_of()}), SizeIs(4));
  EXPECT_THAT(told(rows({.event = "failed"})), ElementsAre("failed password/sign_in failure authentication_failed"));
  EXPECT_THAT(rows({.strategy = "otp"}), IsEmpty());
  EXPECT_THAT(rows({.since = later}), SizeIs(2));
  EXPECT_THAT(rows({.until = later}), SizeIs(4));
  EXPECT_THAT(rows({.account = id_of(), .since = later - 2h, .until = later}), SizeIs(2));
  auto newest = rows({.account = id_of(), .newest_first = true});
  EXPECT_EQ(newest.front().event, "failed");
  EXPECT_FALSE(read_audit_log(app.auth().services(), {.event = "sign_in"}));
}

TEST_P(AuditLogReading, GoesOnPageByPage) {
  const auto made = app.database().transact([&](Transaction& transaction) -> Result<> {
    for (int i = 0; i < 2500; ++i) {
      const auto id = std::to_string(10000000 + i) + "-0000-7000-8000-000000000000";
      static constexpr Sql insert{
          "INSERT INTO rowan_audit_log (id, at, subject, event, strategy, phase) "
          "VALUES (:id, 1, 'user', 'done', :strategy, 'p')"};
      ROWAN_CHECK(transaction.execute(insert, {{"id", id}, {"strategy", i % 100 == 0 ? "rare" : "often"}}));
    }
    return {};
  });
  ASSERT_TRUE(made);
  EXPECT_THAT(rows(), SizeIs(2500));
  EXPECT_THAT(rows({.strategy = "rare"}), SizeIs(25));
  EXPECT_THAT(rows({.newest_first = true}), SizeIs(2500));
}

class BatchedAuditLog : public AuditLog {
 protected:
  BatchedAuditLog() : AuditLog({.write_batching = true, .write_batching_max_size = 5}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, BatchedAuditLog, every_database(), name_of_database);

TEST_P(BatchedAuditLog, WritesWhenTimeIsUpOrThereAreEnough) {
  register_in(owner);
  app.deliver();
  EXPECT_THAT(rows(), IsEmpty());
  app.clock().advance(10s);
  app.deliver();
  EXPECT_THAT(told(rows()), ElementsAre("registered password/register success", "signed_in password/register success"));
  for (int i = 0; i < 5; ++i) guess_in(stranger);
  app.deliver();
  EXPECT_THAT(rows(), SizeIs(7));
}

TEST_P(BatchedAuditLog, WritesWhatIsLeftWhenItStops) {
  register_in(owner);
  app.auth().stop();
  EXPECT_THAT(rows(), SizeIs(2));
}

TEST_P(BatchedAuditLog, KeepsNothingOfARollback) {
  register_in(owner);
  app.auth().stop();
  EXPECT_THAT(rows_by([&] {
                EXPECT_FALSE(app.auth().services().end_everything(id_of(), [](Transaction&, const User&) {
                  return Result<>(Error{.code = ErrorCode::unavailable, .reason = "no"});
                }));
                app.auth().stop();
              }),
              IsEmpty());
}

TEST_P(BatchedAuditLog, WritesNothingPersonalOfAnAccountThatIsClosedMeanwhile) {
  owner.client("203.0.113.9");
  register_in(owner);
  const auto id = id_of();
  ASSERT_TRUE(app.auth().close(id));
  app.auth().stop();
  for (const auto& row : rows()) EXPECT_EQ(row.address, "") << told(row);
}

}  // namespace
}  // namespace rowan::flows
