#include <rowan/strategies/remember_me/remember_me_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

INSTANTIATE_TEST_SUITE_P(On, Remembered, every_database(), name_of_database);

TEST_P(Remembered, ABrowserIsSignedInAgainAfterItsSessionHasEnded) {
  sign_in_to_stay(browser);
  ASSERT_TRUE(is_signed_in(browser));
  goes_idle();
  EXPECT_EQ(browser.get("/private").location(), "/private");
  EXPECT_EQ(browser.status(), 200) << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(sessions(), 2);
}

TEST_P(Remembered, OnlyWhoAsksForItIs) {
  sign_in(browser);
  EXPECT_FALSE(is_remembered(browser));
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(browser.get("/private").location().substr(0, 8), "/sign-in");
}

TEST_P(Remembered, ARegistrationCanAskForItToo) {
  auto form = browser.get("/register").form("password/register");
  form.fill("user[email]", bob).fill("user[password]", password).fill("user[password_confirmation]", password);
  form.tick("user[remember_me]").submit();
  goes_idle();
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Remembered, TheEndOfItsTimeIsNotMovedByBeingUsed) {  // SES-05
  sign_in_to_stay(browser);
  for (int day = 2; day < 30; day += 2) {
    goes_idle();
    EXPECT_TRUE(is_signed_in(browser)) << day;
  }
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(Remembered, TheSessionHasShownNothingAndIsNeverRecent) {
  app.site().get("/fresh",
                 signed_in(app.auth(), {.within = 1h}, [](Conn& conn, const Claims&) { return conn.text("ok"); }));
  app.site().get("/shown", signed_in(app.auth(), [](Conn& conn, const Claims& claims) {
                   return conn.json({{"methods", claims.methods},
                                     {"kinds", claims.methods.proves().kinds()},
                                     {"at", to_rfc3339(claims.authenticated_at())}});
                 }));
  sign_in_to_stay(browser);
  EXPECT_EQ(browser.get("/fresh").body(), "ok");
  goes_idle();
  browser.get("/shown");
  EXPECT_THAT(browser.body(), HasSubstr("remember_me"));
  EXPECT_THAT(browser.body(), Not(HasSubstr("password")));
  EXPECT_EQ(browser.answer().find("kinds")->as_integer(), 0);
  EXPECT_THAT(text_at(browser.answer(), {"at"}), HasSubstr("1970"));
  EXPECT_NE(browser.get("/fresh").body(), "ok");
}

TEST_P(Remembered, EachUseLeavesAnotherSecretInTheBrowser) {  // SES-17
  sign_in_to_stay(browser);
  const auto first = browser.cookies()[std::string(remember_cookie)];
  goes_idle();
  ASSERT_TRUE(is_signed_in(browser));
  EXPECT_NE(browser.cookies()[std::string(remember_cookie)], first);
}

TEST_P(Remembered, AnOlderSecretEndsItAndTellsTheOwnerOnce) {  // SES-17
  sign_in_to_stay(browser);
  auto thief = copy_of(browser);
  goes_idle();
  ASSERT_TRUE(is_signed_in(browser));
  app.clock().advance(2min);
  EXPECT_FALSE(is_signed_in(thief));
  EXPECT_FALSE(is_signed_in(browser)) << "nobody can tell which of the two is the owner's";
  EXPECT_EQ(rows(), 0);
  auto again = copy_of(thief);
  EXPECT_FALSE(is_signed_in(again));
  const auto mails = app.mailbox(ann);
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_THAT(mails[0].subject, HasSubstr("copied"));
  ASSERT_FALSE(mails[0].links.empty());
  EXPECT_THAT(mails[0].links[0], HasSubstr("/reset"));
  EXPECT_GT(log.count(LogLevel::info, "somebody has a copy"), 0U);
}

TEST_P(Remembered, AThiefWhoIsQuickerIsNoticedByTheOwnersBrowser) {  // SES-17
  sign_in_to_stay(browser);
  auto thief = copy_of(browser);
  goes_idle();
  ASSERT_TRUE(is_signed_in(thief));
  app.clock().advance(2min);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(thief));
  EXPECT_EQ(app.mailbox(ann).size(), 1U);
}

TEST_P(Remembered, TwoTabsAtOnceGetOneSession) {
  sign_in_to_stay(browser);
  goes_idle();
  auto tab = copy_of(browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_TRUE(is_signed_in(tab));
  EXPECT_EQ(sessions(), 2);
  // Whichever cookie the browser keeps, the forms of both tabs work.
  const auto page = tab.get("/account").body();
  tab.cookies() = browser.cookies();
  EXPECT_EQ(sign_out(tab).status(), 200);
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(Remembered, AHundredAtOnceUseOneStepAndGetOneSession) {
  sign_in_to_stay(browser);
  goes_idle();
  const auto before = sessions();
  std::atomic<int> accepted{0}, refused{0};
  {
    std::barrier together(100);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 100; ++i)
      threads.emplace_back([&] {
        auto tab = copy_of(browser);
        together.arrive_and_wait();
        (tab.get("/me").status() == 200 ? accepted : refused)++;
      });
  }
  EXPECT_EQ(accepted, 100) << refused;
  EXPECT_EQ(sessions(), before + 1);
  EXPECT_EQ(app.mailbox(ann).size(), 0U);
}

TEST_P(Remembered, SigningOutForgetsTheBrowser) {  // SES-06
  sign_in_to_stay(browser);
  auto copy = copy_of(browser);
  sign_out(browser);
  EXPECT_FALSE(is_remembered(browser));
  EXPECT_EQ(rows(), 0);
  EXPECT_FALSE(is_signed_in(copy));
  goes_idle();
  EXPECT_FALSE(is_signed_in(copy));
}

TEST_P(Remembered, SigningOutForgetsItAlsoWhenTheSessionHasEnded) {
  sign_in_to_stay(browser);
  auto copy = copy_of(browser);
  goes_idle();
  sign_out(browser);
  EXPECT_FALSE(is_remembered(browser));
  EXPECT_FALSE(is_signed_in(copy));
}

TEST_P(Remembered, EndingASessionKeepsItsBrowserFromComingBack) {  // SES-11
  sign_in_to_stay(browser);
  ASSERT_TRUE(app.auth().revoke(session_of(browser)));
  EXPECT_FALSE(is_signed_in(browser));
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(Remembered, ANewPasswordEndsItElsewhereAndRenewsItHere) {  // REC-03
  auto elsewhere = app.browser();
  sign_in_to_stay(elsewhere);
  sign_in_to_stay(browser);
  auto copy = copy_of(browser);
  auto form = browser.get("/account").form("password/change");
  form.fill("user[current_password]", password).fill("user[password]", other_password);
  form.fill("user[password_confirmation]", other_password).submit();
  ASSERT_TRUE(is_signed_in(browser)) << browser.body();
  goes_idle();
  EXPECT_FALSE(is_signed_in(elsewhere));
  EXPECT_FALSE(is_signed_in(copy)) << "what was copied before is of no use";
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Remembered, AnAdministratorsRevocationEndsIt) {  // SES-07, SES-10
  sign_in_to_stay(browser);
  const auto user = app.find_user(ann);
  ASSERT_TRUE(app.auth().revoke_all((*user)->id));
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(Remembered, ADisabledAccountIsNotSignedInAgain) {  // SES-07
  sign_in_to_stay(browser);
  const auto id = (*app.find_user(ann))->id;
  ASSERT_TRUE(app.auth().disable(id));
  ASSERT_TRUE(app.auth().enable(id));
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(Remembered, AnotherSignInInTheBrowserBeginsAnew) {
  sign_in_to_stay(browser);
  make_user(bob);
  sign_in(browser, bob);
  EXPECT_FALSE(is_remembered(browser));
  EXPECT_EQ(rows(), 0);
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser)) << "neither of the two comes back";
}

TEST_P(Remembered, AMadeUpCookieIsRefusedOnTheEventLoop) {
  browser.cookies()[std::string(remember_cookie)] = std::string(120, 'A');
  EXPECT_EQ(browser.get("/private").location().substr(0, 8), "/sign-in");
  sign_in_to_stay(browser);
  auto bent = browser.cookies()[std::string(remember_cookie)];
  bent[bent.size() / 2] = bent[bent.size() / 2] == 'A' ? 'B' : 'A';
  auto other = app.browser();
  other.cookies()[std::string(remember_cookie)] = bent;
  EXPECT_FALSE(is_signed_in(other));
  EXPECT_FALSE(other.took_a_thread());
}

TEST_P(Remembered, AFailedSignInDoesNotSignTheBrowserIn) {
  sign_in_to_stay(browser);
  goes_idle();
  const auto before = sessions();
  sign_in(browser, ann, other_password);
  EXPECT_EQ(browser.status(), 401);
  EXPECT_EQ(sessions(), before);
  EXPECT_TRUE(is_signed_in(browser)) << "it is remembered as before";
}

TEST_P(Remembered, ThePageForSigningInLeadsOn) {
  sign_in_to_stay(browser);
  goes_idle();
  EXPECT_EQ(browser.get("/sign-in?return_to=/private").location(), "/private");
  EXPECT_EQ(browser.status(), 200);
}

TEST_P(Remembered, TheListIsItsOwnersAndForgets) {  // SES-11
  sign_in_to_stay(browser);
  auto other = app.browser();
  sign_in_to_stay(other);
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  program.json("GET", "/api/auth/user/remember_me");
  ASSERT_EQ(program.answer().find("browsers")->items().size(), 2U) << program.body();
  const auto newest = text_at(program.answer().find("browsers")->items()[0], {"id"});
  make_user(bob);
  auto foreign = app.browser();
  foreign.json("POST", "/api/auth/user/password/sign_in", credentials(bob));
  foreign.bearer(text_at(foreign.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(foreign.json("DELETE", "/api/auth/user/remember_me/" + newest).status(), 404);
  EXPECT_EQ(program.json("DELETE", "/api/auth/user/remember_me/" + newest).status(), 200);
  EXPECT_EQ(program.json("DELETE", "/api/auth/user/remember_me/" + newest).status(), 404);
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(static_cast<int>(is_signed_in(browser)) + static_cast<int>(is_signed_in(other)), 1)
      << "the session of the one that was forgotten has ended";
}

TEST_P(Remembered, TheAccountPageShowsThemAndForgetsThem) {
  sign_in_to_stay(browser);
  EXPECT_TRUE(browser.get("/account").says("Browsers that stay signed in"));
  EXPECT_TRUE(browser.says("this browser"));
  browser.form("remember_me/forget").submit();
  EXPECT_TRUE(browser.says("not remembered any more")) << browser.body();
  EXPECT_TRUE(is_signed_in(browser)) << "this session goes on";
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(Remembered, NoMoreBrowsersThanAllowed) {  // SES-13
  for (int i = 0; i < 22; ++i) {
    auto one = app.browser();
    sign_in_to_stay(one);
    app.clock().advance(1s);
  }
  EXPECT_EQ(rows(), 20);
}

TEST_P(Remembered, AHandlerInAServersOwnStyleGetsTheCookies) {
  sign_in_to_stay(browser);
  goes_idle();
  const auto header = std::string(session_cookie) + "=" + session_of(browser) + "; " + std::string(remember_cookie) +
                      "=" + browser.cookies()[std::string(remember_cookie)];
  EXPECT_TRUE(std::holds_alternative<GuardUndecided>(app.auth().authenticate({.cookie = header})));
  const auto unaware = app.auth().decide({.cookie = header});
  ASSERT_TRUE(unaware);
  EXPECT_TRUE(std::holds_alternative<GuardRefused>(*unaware)) << "who takes no cookies uses nothing up";
  std::vector<std::string> set_cookies;
  const auto verdict = app.auth().decide({.cookie = header}, GuardKind::session, {}, {}, set_cookies);
  ASSERT_TRUE(verdict);
  ASSERT_TRUE(std::holds_alternative<GuardAccepted>(*verdict));
  ASSERT_EQ(set_cookies.size(), 3U) << "what it keeps, its session, and its device";
  std::string sent;
  for (const auto& cookie : set_cookies) sent += (sent.empty() ? "" : "; ") + cookie.substr(0, cookie.find(';'));
  EXPECT_TRUE(std::holds_alternative<GuardAccepted>(app.auth().authenticate({.cookie = sent})));
}

TEST_P(Remembered, IsKnownAfterARestart) {
  sign_in_to_stay(browser);
  goes_idle();
  AnotherNode restarted(app, {.strategies = with({})});
  auto there = restarted.browser(browser);
  EXPECT_TRUE(is_signed_in(there));
}

TEST_P(Remembered, IsOpenedByAnOlderMasterSecret) {  // CRY-03
  sign_in_to_stay(browser);
  goes_idle();
  AnotherNode rotated(app, {.strategies = with({}), .secrets = {newer_secret, tests_secret}});
  auto there = rotated.browser(browser);
  EXPECT_TRUE(is_signed_in(there));
  AnotherNode retired(app, {.strategies = with({}), .secrets = {newer_secret}});
  auto late = retired.browser(browser);
  EXPECT_FALSE(is_signed_in(late));
}

TEST_P(Remembered, AccountsThatAreClosedLeaveNoBrowser) {  // DAT-01
  sign_in_to_stay(browser);
  ASSERT_TRUE(app.auth().close((*app.find_user(ann))->id));
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace rowan::flows
