// Confirmation of addresses, registrations that wait for it, and change of address.
#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view bob = "bob@notes.example";

bool is_confirmed(testing::TestApp& app, std::string_view email) {
  const auto user = app.find_user(email);
  return user && *user && (*user)->confirmed_at;
}

class Confirmation : public MailRooms {
 protected:
  Browser& ask_for_change(Browser& browser, std::string_view to, std::string_view with = password) {
    return browser.get("/account")
        .form("email/change")
        .fill("user[email]", to)
        .fill("user[current_password]", with)
        .submit();
  }
  /// The link in the newest mail whose text holds these words.
  std::string path_in_mail(std::string_view to, std::string_view words) {
    for (const auto& mail : app.mailbox(to))
      if (mail.text.find(words) != std::string::npos && !mail.links.empty())
        return mail.links[0].substr(std::string_view("https://rowan.example").size());
    throw std::runtime_error("no such mail");
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, Confirmation, every_database(), name_of_database);

TEST_P(Confirmation, MailsEveryNewAccountALinkThatConfirms) {
  auto browser = app.browser();
  register_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_FALSE(is_confirmed(app, ann));
  confirm(app, browser);
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("Your email address is confirmed."));
  EXPECT_TRUE(is_confirmed(app, ann));
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Confirmation, ChangesNothingByLooking) {  // REC-07, GHSA-3988-q8q7-p787
  auto browser = app.browser();
  register_in(browser);
  const auto path = app.mailed_path(ann);
  auto scanner = app.browser();
  scanner.get(path);
  scanner.head(path);
  EXPECT_EQ(scanner.status(), 200);
  EXPECT_FALSE(is_confirmed(app, ann));
}

TEST_P(Confirmation, TheAccountsRowIsSeenConfirmedAtOnce) {
  auto browser = app.browser();
  register_in(browser);
  browser.get("/me");  // in the account cache now
  confirm(app, browser);
  browser.get("/me");
  EXPECT_THAT(browser.body(), ::testing::Not(HasSubstr("\"confirmed_at\":null")));
}

TEST_P(Confirmation, ExpiresAfterThreeDays) {
  auto browser = app.browser();
  register_in(browser);
  const auto path = app.mailed_path(ann);
  app.clock().advance(72h - 1s);
  EXPECT_EQ(browser.get(path).status(), 200);
  app.clock().advance(1s);
  EXPECT_EQ(browser.get(path).status(), 401);
}

TEST_P(Confirmation, AnswersProgramsByItsToken) {
  auto browser = app.browser();
  register_in(browser);
  const auto path = app.mailed_path(ann);
  auto program = app.browser();
  program.json("POST", "/api/auth/user/confirm_new_user", {{"user", {{"confirm", path.substr(path.rfind('/') + 1)}}}});
  EXPECT_EQ(program.status(), 200);
  EXPECT_NE(text_at(program.answer(), {"authentication", "bearer"}), "");
  EXPECT_TRUE(is_confirmed(app, ann));
}

TEST_P(Confirmation, IsSentAgainAndAnswersEveryAddressTheSame) {  // THR-06
  auto browser = app.browser();
  register_in(browser);
  auto other = app.browser();
  register_in(other, bob);
  confirm(app, other, bob);
  for (const auto address : {ann, bob, std::string_view("nobody@notes.example")}) {
    const auto before = app.mailbox(address).size();
    auto program = app.browser();
    program.json("POST", "/api/auth/user/confirm_new_user/resend", an_email(address));
    EXPECT_EQ(program.status(), 200);
    EXPECT_EQ(program.body(), R"({"authentication":{"status":"success"}})");
    EXPECT_EQ(app.mailbox(address).size(), before + 1);
  }
  const auto both = app.mailbox(ann);
  ASSERT_EQ(both.size(), 2u);
  confirm(app, browser);
  EXPECT_TRUE(is_confirmed(app, ann));
}

TEST_P(Confirmation, AResetProvesTheAddressToo) {
  auto browser = app.browser();
  register_in(browser);
  ask_for_reset(browser);
  browser.get(app.mailed_path(ann));
  choose(browser.form("password/reset"), other_password);
  EXPECT_TRUE(is_confirmed(app, ann));
}

// Change of address.

TEST_P(Confirmation, ChangesTheAddressWhenTheNewOneIsProven_AndTellsBoth) {  // REC-09, THR-11
  auto browser = app.browser();
  register_in(browser);
  confirm(app, browser);
  ask_for_change(browser, bob);
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("open the link we sent to bob@notes.example. It works for 3 days.")) << browser.body();
  EXPECT_TRUE(app.find_user(ann)->has_value());  // nothing has changed yet
  EXPECT_THAT(app.mailbox(ann).at(0).text, HasSubstr("bob@notes.example"));
  auto elsewhere = app.browser();
  elsewhere.get(app.mailed_path(bob));  // whoever reads the mail is let into nothing
  EXPECT_TRUE(elsewhere.says("Sign in to that account in this browser first"));
  EXPECT_THROW((void)elsewhere.form("confirm_new_user"), std::runtime_error);
  auto program = app.browser();
  const auto path = app.mailed_path(bob);
  program.json("POST", "/api/auth/user/confirm_new_user", {{"user", {{"confirm", path.substr(path.rfind('/') + 1)}}}});
  EXPECT_EQ(program.status(), 401);
  browser.get(path).form("confirm_new_user").submit();
  EXPECT_FALSE(app.find_user(ann)->has_value());
  EXPECT_TRUE(is_confirmed(app, bob));
  EXPECT_EQ(app.mailbox(bob).size(), 2u);
  sign_out(browser);
  EXPECT_EQ(sign_in(browser).status(), 401);
  sign_in(browser, bob);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Confirmation, EndsWhatWasMailedToTheOldAddress) {  // REC-02
  auto browser = app.browser();
  register_in(browser);
  confirm(app, browser);
  auto other = app.browser();
  ask_for_reset(other);
  const auto reset = app.mailed_path(ann);
  ask_for_change(browser, bob);
  ASSERT_EQ(other.get(reset).status(), 200);
  browser.get(app.mailed_path(bob)).form("confirm_new_user").submit();
  ASSERT_TRUE(app.find_user(bob)->has_value());
  EXPECT_EQ(other.get(reset).status(), 401);
}

TEST_P(Confirmation, LetsTheOldAddressTakeTheAccountBack_EvenAfterThePasswordWasChanged) {  // REC-09
  auto thief = app.browser();
  register_in(thief);
  confirm(app, thief);
  ask_for_change(thief, bob);
  thief.get(app.mailed_path(bob)).form("confirm_new_user").submit();
  auto change = thief.get("/account").form("password/change");
  change.fill("user[current_password]", password);
  choose(change, other_password);
  ASSERT_TRUE(is_signed_in(thief));
  auto owner = app.browser();
  owner.get(app.mailed_path(ann)).form("confirm_new_user").submit();
  EXPECT_EQ(owner.status(), 200);
  EXPECT_TRUE(is_signed_in(owner));
  app.deliver();
  EXPECT_FALSE(is_signed_in(thief));
  EXPECT_EQ(sign_in(thief, ann, other_password).status(), 401);
  EXPECT_EQ(sign_in(thief, bob, other_password).status(), 401);
  EXPECT_TRUE(app.find_user(ann)->has_value());
}

// REC-09, against a thief who knows the password and moves the account twice.
TEST_P(Confirmation, ARevertEndsTheRevertLinksOfLaterChanges) {
  auto thief = app.browser();
  register_in(thief);
  confirm(app, thief);
  ask_for_change(thief, bob);
  thief.get(app.mailed_path(bob)).form("confirm_new_user").submit();
  const auto owners = app.mailed_path(ann);
  app.clock().advance(1min);
  ask_for_change(thief, "eve@notes.example");
  thief.get(app.mailed_path("eve@notes.example")).form("confirm_new_user").submit();
  const auto thiefs = app.mailed_path(bob);  // the revert link of the second change
  auto owner = app.browser();
  owner.get(owners).form("confirm_new_user").submit();
  ASSERT_TRUE(is_signed_in(owner));
  EXPECT_EQ(thief.get(thiefs).status(), 401);
  EXPECT_TRUE(is_confirmed(app, ann));
  EXPECT_THAT(app.mailbox("eve@notes.example").at(0).text,
              HasSubstr("was restored to its previous email address"));  // THR-11
}

// By whom the owner's own mailbox made a new account meanwhile: they signed in as ever, and a link registers.
TEST_P(Confirmation, ARevertTakesTheAddressBackFromAnAccountThatWasMadeSince) {
  auto thief = app.browser(), owner = app.browser();
  register_in(thief);
  confirm(app, thief);
  const auto taken = (*app.find_user(ann))->id;
  ask_for_change(thief, bob);
  thief.get(app.mailed_path(bob)).form("confirm_new_user").submit();
  const auto revert = app.mailed_path(ann);
  app.clock().advance(1min);
  ask_for_link(owner);
  open_link(owner, app.mailed_path(ann));
  ASSERT_NE((*app.find_user(ann))->id, taken);
  owner.get(revert).form("confirm_new_user").submit();
  EXPECT_EQ((*app.find_user(ann))->id, taken);
  app.deliver();
  EXPECT_FALSE(is_signed_in(thief));
}

TEST_P(Confirmation, ARevertIsPossibleForThreeDays) {
  auto browser = app.browser();
  register_in(browser);
  confirm(app, browser);
  ask_for_change(browser, bob);
  browser.get(app.mailed_path(bob)).form("confirm_new_user").submit();
  const auto path = app.mailed_path(ann);
  app.clock().advance(72h - 1s);
  EXPECT_EQ(app.browser().get(path).status(), 200);
  app.clock().advance(1s);
  EXPECT_EQ(app.browser().get(path).status(), 401);
}

TEST_P(Confirmation, ALateRevertTakesTheAccountBackAndLeadsToSignIn) {  // MFA-05
  auto thief = app.browser(), owner = app.browser();
  register_in(thief);
  confirm(app, thief);
  ask_for_change(thief, bob);
  thief.get(app.mailed_path(bob)).form("confirm_new_user").submit();
  const auto path = app.mailed_path(ann);
  app.clock().advance(10min);
  owner.get(path).form("confirm_new_user").submit();
  EXPECT_EQ(owner.location(), "/sign-in");
  EXPECT_FALSE(is_signed_in(owner));
  app.deliver();
  EXPECT_FALSE(is_signed_in(thief));
  EXPECT_TRUE(is_confirmed(app, ann));
  EXPECT_EQ(sign_in(thief).status(), 401);
}

TEST_P(Confirmation, ASquatterOnTheFreedAddressDoesNotStopTheRevert) {
  auto thief = app.browser(), squatter = app.browser(), owner = app.browser();
  register_in(thief);
  confirm(app, thief);
  ask_for_change(thief, bob);
  thief.get(app.mailed_path(bob)).form("confirm_new_user").submit();
  const auto path = app.mailed_path(ann);
  register_in(squatter, ann, other_password);
  owner.get(path).form("confirm_new_user").submit();
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_TRUE(is_confirmed(app, ann));
  EXPECT_EQ(sign_in(squatter, ann, other_password).status(), 401);
}

TEST_P(Confirmation, AnAddressThatWasNeverProvenGetsNoWayIntoTheAccount) {
  auto browser = app.browser();
  register_in(browser);  // a slip of the pen: somebody else's address
  ask_for_change(browser, bob);
  const auto before = app.mailbox(ann).size();
  browser.get(app.mailed_path(bob)).form("confirm_new_user").submit();
  EXPECT_EQ(app.find_user(bob)->has_value(), true);
  EXPECT_EQ(app.mailbox(ann).size(), before);
}

TEST_P(Confirmation, WantsThePasswordForAChange) {  // REC-08
  auto browser = app.browser();
  register_in(browser);
  ask_for_change(browser, bob, other_password);
  EXPECT_EQ(browser.status(), 422);
  EXPECT_TRUE(browser.says("This isn't your current password."));
  EXPECT_TRUE(app.mailbox(bob).empty());
  auto nobody = app.browser();
  nobody.json("POST", "/api/auth/user/email/change", {{"user", {{"email", bob}, {"current_password", password}}}});
  EXPECT_EQ(nobody.status(), 401);
}

TEST_P(Confirmation, AnAccountWithoutAPasswordMustHaveSignedInJustNow) {  // REC-08
  auto browser = app.browser();
  ask_for_link(browser, "zoe@notes.example");
  open_link(browser, app.mailed_path("zoe@notes.example"));
  app.clock().advance(11min);
  ask_for_change(browser, bob, "");
  EXPECT_EQ(browser.status(), 401);
  ask_for_link(browser, "zoe@notes.example");
  open_link(browser, app.mailed_path("zoe@notes.example"));
  ask_for_change(browser, bob, "");
  EXPECT_EQ(browser.status(), 200);
}

TEST_P(Confirmation, DoesNotRevealThatTheNewAddressIsTaken_AndChecksAgainAtTheEnd) {  // THR-06
  auto browser = app.browser(), other = app.browser();
  register_in(browser);
  register_in(other, "eve@notes.example");
  ask_for_change(browser, "eve@notes.example");
  EXPECT_EQ(browser.status(), 200);
  EXPECT_EQ(app.mailbox("eve@notes.example").size(), 2u);
  EXPECT_THAT(app.mailbox("eve@notes.example").at(0).text, ::testing::Not(HasSubstr("/confirm_new_user/")));
  ask_for_change(browser, bob);
  const auto path = app.mailed_path(bob);
  auto late = app.browser();
  register_in(late, bob);  // somebody was faster
  browser.get(path).form("confirm_new_user").submit();
  EXPECT_EQ(browser.status(), 422);
  EXPECT_TRUE(app.find_user(ann)->has_value());
}

TEST_P(Confirmation, APasswordChangeEndsAPendingChangeOfAddress) {  // REC-02
  auto browser = app.browser();
  register_in(browser);
  ask_for_change(browser, bob);
  const auto path = app.mailed_path(bob);
  auto change = browser.get("/account").form("password/change");
  change.fill("user[current_password]", password);
  choose(change, other_password);
  EXPECT_EQ(browser.get(path).status(), 401);
}

// Registrations that wait for their address.

class ConfirmFirst : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {rowan::password({.registration = PasswordOptions::Registration::confirm_first,
                                                        .register_accepts = {"nickname"}})},
                        .add_ons = {rowan::confirmation()}}};
};
INSTANTIATE_TEST_SUITE_P(Databases, ConfirmFirst, every_database(), name_of_database);

TEST_P(ConfirmFirst, MakesTheAccountWhenTheLinkIsConfirmed_AndNotBefore) {
  auto browser = app.browser();
  register_in(browser);
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("We've sent an email to ann@notes.example. Open the link in it to finish signing up."));
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_FALSE(app.find_user(ann)->has_value());
  auto other = app.browser();
  EXPECT_EQ(sign_in(other).status(), 401);
  confirm(app, browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_TRUE(is_confirmed(app, ann));
  sign_in(other);
  EXPECT_TRUE(is_signed_in(other));
}

// A stranger registers the owner's address at a browser that both use, and then the owner does.
TEST_P(ConfirmFirst, OnlyTheLastToRegisterAnAddressHereGetsItWithTheirPassword) {
  auto browser = app.browser();
  register_in(browser, ann, other_password);
  const auto strangers = app.mailed_path(ann);
  app.clock().advance(1s);
  register_in(browser, ann, password);
  browser.get(strangers);
  browser.form("confirm_new_user").submit();
  auto other = app.browser();
  EXPECT_FALSE(is_signed_in(sign_in(other, ann, other_password))) << "the stranger's password opens nothing";
}

TEST_P(ConfirmFirst, TwoTabsRegisterAndEachGetsItsOwn) {
  auto browser = app.browser();
  register_in(browser);
  const auto first = app.mailed_path(ann);
  register_in(browser, bob, other_password);
  EXPECT_EQ(browser.status(), 200) << browser.body();
  browser.get(first);
  browser.form("confirm_new_user").submit();
  EXPECT_TRUE(is_signed_in(browser));
  auto other = app.browser();
  EXPECT_TRUE(is_signed_in(sign_in(other))) << "with the password of its own tab";
}

TEST_P(ConfirmFirst, NeverRevealsThatAnAddressIsTaken_ExceptToItsOwner) {  // THR-06
  auto browser = app.browser();
  register_in(browser);
  confirm(app, browser);
  auto program = app.browser();
  std::string expected;
  for (const auto address : {ann, bob}) {
    const auto before = app.mailbox(address).size();
    program.json("POST", "/api/auth/user/password/register", registration(address, other_password));
    EXPECT_EQ(program.status(), 200);
    auto body = program.body();
    const auto flow = text_at(program.answer(), {"authentication", "flow"});
    ASSERT_EQ(flow.size(), 43U) << address;
    body.replace(body.find(flow), flow.size(), "flow");
    if (expected.empty()) expected = body;
    EXPECT_EQ(body, expected);
    EXPECT_EQ(app.mailbox(address).size(), before + 1);
  }
  EXPECT_THAT(app.mailbox(ann).at(0).text, ::testing::Not(HasSubstr("/confirm_new_user/")));
}

TEST_P(ConfirmFirst, SendsAWaitingRegistrationAgain_AndUsingOneEndsTheOther) {
  auto browser = app.browser();
  register_in(browser);
  const auto first = app.mailed_path(ann);
  app.clock().advance(1min);
  browser.get("/reset").form("confirm_new_user/resend").fill("user[email]", ann).submit();
  const auto second = app.mailed_path(ann);
  ASSERT_NE(first, second);
  browser.get(second).form("confirm_new_user").submit();
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(app.browser().get(first).status(), 401);
}

TEST_P(ConfirmFirst, DoesNotSendAStrangersRegistrationAsIfItWereTheVisitors) {
  auto browser = app.browser(), stranger = app.browser();
  register_in(browser);
  app.clock().advance(1min);
  stranger.client("203.0.113.9");
  register_in(stranger, ann, other_password);
  browser.get("/reset").form("confirm_new_user/resend").fill("user[email]", ann).submit();
  confirm(app, browser);
  EXPECT_TRUE(is_signed_in(browser));
  auto other = app.browser();
  EXPECT_EQ(sign_in(other, ann, other_password).status(), 401);
  sign_in(other);
  EXPECT_TRUE(is_signed_in(other)) << "the visitor's own, although the stranger's is newer";
}

TEST_P(ConfirmFirst, StoresNoPasswordButItsHash) {
  auto browser = app.browser();
  register_in(browser);
  static constexpr Sql all{"SELECT data FROM rowan_links"};
  const auto rows = app.database().read([](SqlConnection& connection) { return connection.query(all); });
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_THAT(rows->front().text("data"), ::testing::Not(HasSubstr(std::string(password))));
}

TEST(ConfirmFirstOptions, NeedTheAddOn) {
  EXPECT_THROW(testing::TestApp(
                   {.strategies = {rowan::password({.registration = PasswordOptions::Registration::confirm_first})}}),
               ConfigError);
}

TEST(ConfirmationRequired, RefusesARightPasswordUntilThen_AndSaysSo) {
  testing::TestApp app({.add_ons = {rowan::confirmation({.required_to_sign_in = true})}});
  auto browser = app.browser();
  register_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials(ann, other_password));
  EXPECT_EQ(program.status(), 401);  // a wrong one is told nothing more
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_EQ(program.status(), 403);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"confirmation_required"}})");
  confirm(app, browser);
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_EQ(program.status(), 200);
}

}  // namespace
}  // namespace rowan::flows
