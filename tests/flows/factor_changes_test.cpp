// Factors taken back by the reader of the mail about them, and by administrators.
#include "second_factor_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;

using FactorChanges = WithSecondFactors;
INSTANTIATE_TEST_SUITE_P(Databases, FactorChanges, every_database(), name_of_database);

// --- "This was not me" ---

TEST_P(FactorChanges, AnAddedFactorIsTakenBackByTheReaderOfTheMail) {
  sign_in(owner);
  set_up(owner);
  const auto path = app.mailed_path(ann);
  auto reader = app.browser();
  reader.get(path);
  EXPECT_TRUE(reader.says("An authenticator app was added to your account.")) << reader.body();
  EXPECT_EQ(reader.header("Referrer-Policy"), "no-referrer");
  EXPECT_TRUE(is_signed_in(owner)) << "looking changes nothing";
  reader.form("notices/undo").submit();
  EXPECT_TRUE(reader.says("The change was taken back")) << reader.body();
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_TRUE(app.auth().factors(id)->empty());
  sign_in(reader);
  EXPECT_TRUE(is_signed_in(reader));
  auto again = app.browser();
  EXPECT_EQ(again.get(path).status(), 401) << "once";
}

TEST_P(FactorChanges, ARemovedFactorComesBackWithItsSeedAndWithoutItsUsedCodes) {
  sign_in(owner);
  set_up(owner);
  app.clock().advance(11min);
  owner.get("/account").form("totp/remove").submit();
  enter(owner);
  owner.get("/account").form("totp/remove").submit();
  ASSERT_TRUE(app.auth().factors(id)->empty()) << owner.body();
  auto reader = app.browser();
  reader.get(app.mailed_path(ann)).form("notices/undo").submit();
  EXPECT_TRUE(reader.says("The change was taken back")) << reader.body();
  EXPECT_FALSE(is_signed_in(owner));
  sign_in(owner);
  auto kept = owner;
  enter(owner);
  EXPECT_FALSE(is_signed_in(owner)) << "the code by which it was removed";
  next_code();
  enter(kept);
  EXPECT_TRUE(is_signed_in(kept)) << kept.body();
}

TEST_P(FactorChanges, EachChangeIsTakenBackByItsOwnLink) {
  sign_in(owner);
  set_up(owner);
  const auto of_first = app.mailed_path(ann);
  owner.get("/account").form("totp/setup").submit();
  const auto second = key_on(owner);
  owner.form("totp/confirm_setup").fill("user[code]", totp_code(second, app.clock())).submit();
  ASSERT_EQ(app.auth().factors(id)->size(), 2U) << owner.body();
  const auto of_second = app.mailed_path(ann);
  auto reader = app.browser();
  reader.get(of_second).form("notices/undo").submit();
  ASSERT_EQ(app.auth().factors(id)->size(), 1U);
  reader.get(of_first).form("notices/undo").submit();
  EXPECT_TRUE(app.auth().factors(id)->empty()) << reader.body();
}

TEST_P(FactorChanges, ALinkToUndoEndsAfterTwoDaysAndWithTheAccount) {
  sign_in(owner);
  set_up(owner);
  const auto path = app.mailed_path(ann);
  auto reader = app.browser();
  app.clock().advance(std::chrono::days(2) - 31s);
  EXPECT_EQ(reader.get(path).status(), 200);
  app.clock().advance(1s);
  EXPECT_EQ(reader.get(path).status(), 401);
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(number(Sql("SELECT count(*) FROM rowan_links WHERE purpose = 'undo_factor'")), 0);
}

// --- Administration ---

TEST_P(FactorChanges, AnAdministratorSeesThemAndTakesThemAway) {  // REC-11
  EXPECT_TRUE(app.auth().factors(id)->empty());
  sign_in(owner);
  set_up(owner);
  const auto factors = app.auth().factors(id);
  ASSERT_TRUE(factors) << factors.error().reason;
  ASSERT_EQ(factors->size(), 1U);
  EXPECT_EQ(factors->front().strategy, "totp");
  EXPECT_TRUE(factors->front().created_at);
  ASSERT_TRUE(app.auth().reset_factors(id));
  EXPECT_TRUE(app.auth().factors(id)->empty());
  EXPECT_FALSE(is_signed_in(owner)) << "every session ends";
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("second step"));
  const auto mails = app.mailbox(ann).size();
  ASSERT_TRUE(app.auth().reset_factors(id));
  EXPECT_EQ(app.mailbox(ann).size(), mails) << "it is so already";
  sign_in(owner);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(app.auth().factors(AccountId::make(app.clock(), app.random())).error().code, ErrorCode::not_found);
  EXPECT_EQ(app.auth().reset_factors(AccountId::make(app.clock(), app.random())).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace rowan::flows
