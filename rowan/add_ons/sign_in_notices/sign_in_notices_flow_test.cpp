#include <rowan/testing/number_in.hpp>

#include <tests/flows/flow.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SignInNotices : public ::testing::TestWithParam<std::string> {
 protected:
  explicit SignInNotices(std::vector<std::string> off = {})
      : app{{.database = GetParam(),
             .strategies = {rowan::password(), rowan::remember_me(), rowan::api_key()},
             .add_ons = {rowan::sign_in_notices()},
             .adjust = [off](AuthOptions& auth) {
               auth.limits_enabled = false;
               auth.notices_off = off;
             }}} {
    make_user(app);
    sign_in(own);
    app.clock().advance(std::chrono::days(3));
  }
  void guess(int times, std::string_view email = ann) {
    auto stranger = app.browser();
    for (int i = 0; i < times; ++i) sign_in(stranger, email, other_password);
    ASSERT_EQ(stranger.status(), 401);
  }
  std::int64_t rows() {
    return testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_failed_attempts"}, {});
  }
  std::vector<testing::ReceivedMail> mails() { return app.mailbox(ann); }

  testing::TestApp app;
  Browser own = app.browser();
};
INSTANTIATE_TEST_SUITE_P(On, SignInNotices, every_database(), name_of_database);

TEST_P(SignInNotices, ABrowserThatIsNewIsTold) {  // THR-10
  auto other = app.browser();
  sign_in(other);
  ASSERT_THAT(mails(), SizeIs(1));
  EXPECT_THAT(mails()[0].subject, HasSubstr("New sign-in"));
  EXPECT_THAT(mails()[0].text, HasSubstr("It works until"));
}

TEST_P(SignInNotices, ABrowserThatIsKnownIsNot) {
  sign_in(own);
  EXPECT_THAT(mails(), IsEmpty());
}

TEST_P(SignInNotices, TheFirstBrowsersOfAnAccountAreNot) {
  register_in(own, bob);
  auto phone = app.browser();
  sign_in(phone, bob);
  EXPECT_THAT(app.mailbox(bob), IsEmpty());
}

TEST_P(SignInNotices, TheLinkSignsOutEverywhereAndLeadsToANewPassword) {
  auto thief = app.browser();
  sign_in(thief);
  ASSERT_TRUE(is_signed_in(thief));
  auto reader = app.browser();
  reader.get(app.mailed_path(ann));
  EXPECT_TRUE(reader.says("Was this you?"));
  EXPECT_TRUE(is_signed_in(thief)) << "looking ends nothing";
  reader.get(app.mailed_path(ann)).form("notices/undo").submit();
  EXPECT_TRUE(reader.says("You are signed out everywhere")) << reader.body();
  EXPECT_THAT(reader.body(), HasSubstr("/reset"));
  EXPECT_FALSE(is_signed_in(thief));
  EXPECT_FALSE(is_signed_in(own));
  EXPECT_NE(reader.get(app.mailed_path(ann)).status(), 200) << "it works once";
}

TEST_P(SignInNotices, FailuresBeforeASignInAreTold) {  // THR-10
  guess(6);
  EXPECT_THAT(mails(), IsEmpty()) << "strangers can fail as often as they like";
  sign_in(own);
  ASSERT_THAT(mails(), SizeIs(1));
  EXPECT_THAT(mails()[0].subject, HasSubstr("failed attempts"));
  EXPECT_THAT(mails()[0].text, HasSubstr("6 failed attempts"));
  sign_in(own);
  EXPECT_THAT(mails(), SizeIs(1)) << "it is counted anew";
}

TEST_P(SignInNotices, AfterFailuresANewBrowserIsToldOnce) {
  guess(6);
  auto other = app.browser();
  sign_in(other);
  EXPECT_THAT(mails(), SizeIs(1));
}

TEST_P(SignInNotices, AFewFailuresAreNot) {
  guess(4);
  sign_in(own);
  EXPECT_THAT(mails(), IsEmpty());
  EXPECT_EQ(rows(), 0) << "the next sign-in begins at none";
}

TEST_P(SignInNotices, FailuresOfLongAgoAreNot) {
  guess(4);
  app.clock().advance(25h);
  guess(4);
  sign_in(own);
  EXPECT_THAT(mails(), IsEmpty());
}

TEST_P(SignInNotices, AnAddressWithoutAnAccountIsCountedAlike) {  // THR-06
  guess(1);
  EXPECT_EQ(rows(), 1);
  guess(1, "nobody@notes.example");
  EXPECT_EQ(rows(), 2);
  // PostgreSQL's own clock does not go along with the test's.
  ASSERT_TRUE(app.database().transact([](Transaction& transaction) {
    return transaction.execute(Sql{"UPDATE rowan_failed_attempts SET ends_at = 1"}, {});
  }));
  app.clock().advance(2h);
  app.deliver();
  EXPECT_EQ(rows(), 0) << "what is over is removed";
}

TEST_P(SignInNotices, AnotherAccountsFailuresAreNotThisOnes) {
  make_user(app, bob);
  guess(6, bob);
  sign_in(own);
  EXPECT_THAT(mails(), IsEmpty());
}

// A copy of what a browser keeps signs in: its owner hears of the browser that is new.
TEST_P(SignInNotices, AThiefOfARememberedBrowserIsTold) {  // SES-17
  sign_in_to_stay(own);
  auto thief = app.browser();
  thief.cookies()["__Host-rowan_remember"] = own.cookies()["__Host-rowan_remember"];
  app.clock().advance(std::chrono::days(2));
  ASSERT_TRUE(is_signed_in(thief));
  ASSERT_THAT(mails(), SizeIs(1));
  EXPECT_THAT(mails()[0].subject, HasSubstr("New sign-in"));
}

TEST_P(SignInNotices, ARememberedBrowserForgetsNoFailures) {
  sign_in_to_stay(own);
  app.clock().advance(std::chrono::days(2));
  guess(6);
  ASSERT_TRUE(is_signed_in(own));
  EXPECT_THAT(mails(), IsEmpty());
  sign_in(own);
  EXPECT_THAT(mails(), SizeIs(1));
}

TEST_P(SignInNotices, ALinkOfAnAccountThatIsClosedIsOfNoUse) {
  auto other = app.browser();
  sign_in(other);
  const auto link = app.mailed_path(ann);
  ASSERT_TRUE(app.auth().close((*app.find_user(ann))->id));
  EXPECT_EQ(other.get(link).status(), 401);
}

class SilentSignIns : public SignInNotices {
 protected:
  SilentSignIns() : SignInNotices({"sign_in_notices/new_browser", "password/changed"}) {}
};
INSTANTIATE_TEST_SUITE_P(On, SilentSignIns, every_database(), name_of_database);

TEST_P(SilentSignIns, EachNoticeCanBeTurnedOff) {
  auto other = app.browser();
  sign_in(other);
  EXPECT_THAT(mails(), IsEmpty());
  ASSERT_TRUE(app.auth().set_password((*app.find_user(ann))->id, other_password));
  EXPECT_THAT(mails(), IsEmpty());
  auto stranger = app.browser();
  for (int i = 0; i < 6; ++i) sign_in(stranger, ann, password);
  sign_in(own, ann, other_password);
  EXPECT_THAT(mails(), SizeIs(1)) << "the others are sent";
}

TEST(NoticesOff, NamesThatAreNoNoticesAreErrors) {
  for (const auto* name : {"sign_in_notices/new_browsers", "password/reset"}) try {
      testing::TestApp app{
          {.add_ons = {rowan::sign_in_notices()}, .adjust = [name](AuthOptions& auth) { auth.notices_off = {name}; }}};
      FAIL() << name;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("notices_off"));
      EXPECT_THAT(error.what(), HasSubstr("password/changed"));
    }
}

// What a notice is about is taken back by the room that sent it.
TEST_P(SignInNotices, APasswordThatAStrangerSetWorksNoLonger) {  // THR-11, REC-03
  ASSERT_TRUE(app.auth().set_password((*app.find_user(ann))->id, other_password));
  own.get(app.mailed_path(ann)).form("notices/undo").submit();
  EXPECT_TRUE(own.says("You are signed out everywhere")) << own.body();
  auto thief = app.browser();
  EXPECT_EQ(sign_in(thief, ann, other_password).status(), 401);
  ask_for_reset(own);
  choose(own.get(app.mailed_path(ann)).form("password/reset"), password);
  EXPECT_TRUE(is_signed_in(own)) << own.body();
}

TEST_P(SignInNotices, APasswordThatTheOwnerSetSinceStays) {
  ASSERT_TRUE(app.auth().set_password((*app.find_user(ann))->id, other_password));
  const auto first = app.mailed_path(ann);
  app.clock().advance(1h);
  ask_for_reset(own);
  choose(own.get(app.mailed_path(ann)).form("password/reset"), "a third and better sentence");
  ASSERT_TRUE(is_signed_in(own)) << own.body();
  own.get(first).form("notices/undo").submit();
  EXPECT_FALSE(is_signed_in(own));
  sign_in(own, ann, "a third and better sentence");
  EXPECT_TRUE(is_signed_in(own));
}

// The account knows no browser after that, but this one was there before.
TEST_P(SignInNotices, AResetInAKnownBrowserIsNoNewSignIn) {
  ask_for_reset(own);
  choose(own.get(app.mailed_path(ann)).form("password/reset"), other_password);
  ASSERT_TRUE(is_signed_in(own)) << own.body();
  for (const auto& mail : mails()) EXPECT_THAT(mail.subject, ::testing::Not(HasSubstr("New sign-in")));
}

TEST_P(SignInNotices, AChangedPasswordIsNoSignIn) {
  sign_in(own);
  guess(6);
  auto form = own.get("/account").form("password/change");
  form.fill("user[current_password]", password).fill("user[password]", other_password);
  form.fill("user[password_confirmation]", other_password).submit();
  for (const auto& mail : mails()) EXPECT_THAT(mail.subject, ::testing::Not(HasSubstr("failed attempts")));
  sign_in(own, ann, other_password);
  EXPECT_THAT(mails().front().subject, HasSubstr("failed attempts")) << "they are told of at the next";
}

TEST_P(SignInNotices, WhoSignsInAgainAndAgainFillsNoMailbox) {  // THR-09
  for (int i = 0; i < 12; ++i) {
    auto other = app.browser();
    sign_in(other);
  }
  EXPECT_THAT(mails(), SizeIs(5));
  app.clock().advance(2h);
  auto other = app.browser();
  sign_in(other);
  EXPECT_THAT(mails(), SizeIs(6));
}

TEST_P(SignInNotices, AKeyThatAStrangerMadeIsRevoked) {  // THR-11
  const auto made = app.auth().create_key((*app.find_user(ann))->id, {.name = "Backdoor"});
  ASSERT_TRUE(made) << made.error().reason;
  auto program = app.browser();
  program.bearer(std::string(made->text));
  ASSERT_EQ(program.json("GET", "/me").status(), 200);
  own.get(app.mailed_path(ann)).form("notices/undo").submit();
  EXPECT_TRUE(own.says("The change was taken back")) << own.body();
  app.deliver();
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
}

}  // namespace
}  // namespace rowan::flows
