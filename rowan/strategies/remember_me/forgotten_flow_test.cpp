// What came of a browser's secret ends with it, whoever used it.
#include <rowan/strategies/remember_me/remember_me_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

class ForgottenBrowser : public Remembered {};
INSTANTIATE_TEST_SUITE_P(On, ForgottenBrowser, every_database(), name_of_database);

TEST_P(ForgottenBrowser, SigningOutEndsWhatAThiefMadeOfItAndTellsTheOwner) {  // SES-06, SES-17
  sign_in_to_stay(browser);
  auto thief = copy_of(browser);
  goes_idle();
  ASSERT_TRUE(is_signed_in(thief));
  app.clock().advance(2min);
  sign_out(browser);
  EXPECT_FALSE(is_signed_in(thief));
  EXPECT_EQ(app.mailbox(ann).size(), 1U);
}

TEST_P(ForgottenBrowser, SigningOutEndsTheSessionOfASlowTab) {  // SES-06
  sign_in_to_stay(browser);
  auto tab = copy_of(browser);
  goes_idle();
  ASSERT_TRUE(is_signed_in(tab));
  sign_out(browser);
  EXPECT_FALSE(is_signed_in(tab));
  EXPECT_EQ(app.mailbox(ann).size(), 0U) << "a tab that is slow is no thief";
}

TEST_P(ForgottenBrowser, AnotherSignInEndsWhatAThiefMadeOfItAndTellsTheOwner) {  // SES-17
  sign_in_to_stay(browser);
  auto thief = copy_of(browser);
  goes_idle();
  ASSERT_TRUE(is_signed_in(thief));
  app.clock().advance(2min);
  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(thief));
  EXPECT_EQ(app.mailbox(ann).size(), 1U);
}

TEST_P(ForgottenBrowser, ASessionThatIsReplacedByComingBackEnds) {
  sign_in_to_stay(browser);
  auto copy = copy_of(browser);
  copy.cookies().erase(std::string(remember_cookie));
  browser.cookies().erase(std::string(session_cookie));
  ASSERT_TRUE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(copy));
}

TEST_P(ForgottenBrowser, ASessionThatANodeWithoutTheRoomEndedDoesNotComeBack) {
  sign_in_to_stay(browser);
  AnotherNode earlier(app, {.strategies = {rowan::password()}});
  auto there = earlier.browser(browser);
  ASSERT_TRUE(is_signed_in(there));
  there.get("/sign-out").form("/sign-out").submit();
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_FALSE(is_remembered(browser));
  EXPECT_EQ(rows(), 0);
}

TEST_P(ForgottenBrowser, ThePageForSigningInDropsWhatIsOfNoUse) {
  sign_in_to_stay(browser);
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id));
  goes_idle();
  EXPECT_EQ(browser.get("/sign-in").status(), 200);
  EXPECT_FALSE(is_remembered(browser));
}

// Its answer may come after one that brought a newer secret.
TEST_P(ForgottenBrowser, WhatAPageAsksForInTheBackgroundDropsNothing) {
  sign_in_to_stay(browser);
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id));
  goes_idle();
  auto poll = copy_of(browser);
  poll.with_header("Sec-Fetch-Mode", "cors").get("/me");
  EXPECT_EQ(poll.status(), 401);
  EXPECT_TRUE(is_remembered(poll));
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_FALSE(is_remembered(browser));
}

TEST_P(ForgottenBrowser, WhatEndedOtherwiseIsNotTakenForACopy) {
  sign_in_to_stay(browser);
  auto lost = copy_of(browser);  // the answer to its first return is lost
  goes_idle();
  ASSERT_TRUE(is_signed_in(lost));
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id));
  app.clock().advance(1h);
  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(app.mailbox(ann).size(), 0U);
}

TEST_P(ForgottenBrowser, ASessionThatANodeWithoutTheRoomEndedIsForgottenBeforeTheFeedForgetsIt) {
  sign_in_to_stay(browser);
  AnotherNode earlier(app, {.strategies = {rowan::password()}});
  auto there = earlier.browser(browser);
  there.get("/sign-out").form("/sign-out").submit();
  // PostgreSQL's own clock does not go along with the test's.
  ASSERT_TRUE(app.database().transact([](Transaction& transaction) {
    return transaction.execute(Sql{"UPDATE rowan_remembered_browsers SET session_expires_at = 1"}, {});
  }));
  app.clock().advance(2h);
  app.deliver();
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace rowan::flows
