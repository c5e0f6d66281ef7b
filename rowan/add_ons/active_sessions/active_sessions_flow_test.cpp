// What an account's owner sees of its sessions, and how they end.
#include <rowan/add_ons/active_sessions/active_sessions_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

using SessionsPage = ActiveSessions;
INSTANTIATE_TEST_SUITE_P(Databases, SessionsPage, every_database(), name_of_database);

TEST_P(SessionsPage, ShowsBrowserAddressAndTimes_AndMarksThisOne) {  // SES-11
  auto owner = signed_in_browser();
  auto other = signed_in_browser(ann, chrome);
  auto script = program();
  const auto shown = card(owner);
  EXPECT_EQ(lines_in(shown), 3U) << shown;
  EXPECT_THAT(shown, AllOf(HasSubstr("Where you&#39;re signed in"), HasSubstr("Firefox on Linux</strong> (this one)"),
                           HasSubstr("Chrome on Windows</strong><br>"), HasSubstr("An app or program"),
                           HasSubstr("127.0.0.1"), HasSubstr("Last used")));
  EXPECT_LT(shown.find("(this one)"), shown.find("Chrome on Windows")) << "it comes first";
}

TEST_P(SessionsPage, SpeaksTheVisitorsLanguage) {
  auto owner = signed_in_browser();
  owner.with_header("Accept-Language", "de");
  EXPECT_THAT(card(owner), AllOf(HasSubstr("Wo Sie angemeldet sind"), HasSubstr("diese"), Not(HasSubstr("Last used"))));
}

TEST_P(SessionsPage, ReadsNothingOfAStrangersUserAgent) {  // INJ-03
  signed_in_browser(ann, "Call +49 30 123456 <script>alert(1)</script> Firefox/140");
  auto owner = signed_in_browser();
  EXPECT_THAT(card(owner), AllOf(HasSubstr("Firefox"), Not(HasSubstr("Call")), Not(HasSubstr("script"))));
}

TEST_P(SessionsPage, LeavesOutTokensForPurposesOfTheApplication) {
  auto owner = signed_in_browser();
  auto script = program();
  ASSERT_TRUE(app.auth().issue(id, {.purpose = "download"}));
  EXPECT_THAT(list(script), SizeIs(2));
}

TEST_P(SessionsPage, ShowsNothingOfAnotherAccount) {  // AZ-01
  make_user(bob);
  auto bobs = signed_in_browser(bob, chrome);
  auto owner = signed_in_browser();
  EXPECT_THAT(card(owner), Not(HasSubstr("Chrome")));
  EXPECT_EQ(lines_in(card(owner)), 1U);
  auto nobody = app.browser();
  EXPECT_EQ(card(nobody), "");
}

TEST_P(SessionsPage, EndsAnotherOneAtOnce) {
  auto other = signed_in_browser(ann, chrome);
  auto owner = signed_in_browser();
  owner.get("/account");
  // The first form is this one's; the other's follows.
  const auto token = owner.form("sessions/end").value("_csrf_token");
  owner.post("/auth/user/sessions/end", {{"user[id]", id_of_second(owner)}, {"_csrf_token", token}});
  EXPECT_EQ(owner.location(), "/account") << owner.body();
  EXPECT_TRUE(owner.says("That session has ended."));
  EXPECT_FALSE(is_signed_in(other));
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(lines_in(card(owner)), 1U);
}

TEST_P(SessionsPage, EndingThisOneSignsOut) {
  auto owner = signed_in_browser();
  app.clock().advance(1h);
  owner.get("/account").form("sessions/end").submit();
  EXPECT_TRUE(owner.says("You're signed out")) << owner.body();
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(live(), 0U);
}

TEST_P(SessionsPage, AsksForThePasswordAgainBeforeAnotherOneEnds) {  // SES-11
  auto other = signed_in_browser(ann, chrome);
  auto owner = signed_in_browser();
  app.clock().advance(11min);
  const auto before = live();
  owner.get("/account");
  const auto token = owner.form("sessions/end").value("_csrf_token");
  owner.post("/auth/user/sessions/end", {{"user[id]", id_of_second(owner)}, {"_csrf_token", token}});
  EXPECT_THAT(owner.location(), HasSubstr("/second-factor")) << owner.body();
  EXPECT_EQ(live(), before);
  EXPECT_TRUE(is_signed_in(other));
  owner.form("password/verify").fill("user[password]", password).submit();
  EXPECT_EQ(owner.location(), "/account") << owner.body();
  const auto fresh = owner.form("sessions/end").value("_csrf_token");
  owner.post("/auth/user/sessions/end", {{"user[id]", id_of_second(owner)}, {"_csrf_token", fresh}});
  EXPECT_FALSE(is_signed_in(other));
}

TEST_P(SessionsPage, DoesNotShowWhatHasEnded) {
  auto signed_out = signed_in_browser(ann, chrome);
  auto owner = signed_in_browser();
  auto script = program();
  flows::sign_out(signed_out);
  EXPECT_EQ(end(script, id_of_this(script)), 200);
  EXPECT_EQ(lines_in(card(owner)), 1U);
}

TEST_P(SessionsPage, DoesNotShowWhatEndedWithItsGeneration) {
  auto other = signed_in_browser(ann, chrome);
  auto owner = signed_in_browser();
  owner.get("/account")
      .form("password/change")
      .fill("user[current_password]", password)
      .fill("user[password]", other_password)
      .fill("user[password_confirmation]", other_password)
      .submit();
  // Of an account with very many the rows don't say it.
  run(Sql("UPDATE rowan_tokens SET revoked_at = NULL"));
  EXPECT_EQ(lines_in(card(owner)), 1U);
}

TEST_P(SessionsPage, DoesNotShowWhatWasIdleOrHasExpired) {  // SES-04, SES-05
  auto idle = signed_in_browser(ann, chrome);
  auto script = program();
  app.clock().advance(23h);
  auto owner = signed_in_browser();
  EXPECT_EQ(lines_in(card(owner)), 3U);
  app.clock().advance(1h + 2min);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(idle));
  const auto shown = card(owner);
  EXPECT_THAT(shown, AllOf(Not(HasSubstr("Chrome")), HasSubstr("An app or program"))) << "a token is not idle";
  for (int day = 0; day < 13; ++day) {
    app.clock().advance(23h);
    EXPECT_TRUE(is_signed_in(owner));
  }
  app.clock().advance(14h);
  EXPECT_TRUE(is_signed_in(owner));
  app.deliver();
  EXPECT_EQ(status_of(script), 401);
  EXPECT_EQ(lines_in(card(owner)), 1U);
}

TEST_P(SessionsPage, DoesNotShowWhatIsFromBeforeARestoredBackup) {
  auto other = signed_in_browser(ann, chrome);
  ASSERT_TRUE(app.auth().after_restore());
  auto owner = signed_in_browser();
  EXPECT_EQ(lines_in(card(owner)), 1U);
}

// The release before ours, which may run beside us, writes no generation and no time of a use.
TEST_P(SessionsPage, ShowsSessionsOfTheReleaseBefore) {
  auto other = signed_in_browser(ann, chrome);
  run(Sql("UPDATE rowan_tokens SET generation = NULL, tenant_generation = NULL"));
  for (int i = 0; i < 3; ++i) {
    app.clock().advance(20h);
    EXPECT_TRUE(is_signed_in(other));
  }
  run(Sql("UPDATE rowan_tokens SET seen_at = created_at"));
  auto owner = signed_in_browser();
  EXPECT_THAT(card(owner), HasSubstr("Chrome on Windows"));
  auto script = program();
  std::string which;
  for (const auto& one : list(script))
    if (text_at(one, {"browser"}) == "Chrome on Windows") which = text_at(one, {"id"});
  EXPECT_EQ(end(script, which), 200);
  EXPECT_FALSE(is_signed_in(other));
}

using SessionsOfPrograms = ActiveSessions;
INSTANTIATE_TEST_SUITE_P(Databases, SessionsOfPrograms, every_database(), name_of_database);

TEST_P(SessionsOfPrograms, AreListedWithoutANumberThatCounts) {
  signed_in_browser();
  auto script = program();
  const auto all = list(script);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(text_at(all[0], {"kind"}), "bearer");
  EXPECT_EQ(all[0].find("current")->as_boolean(), true);
  EXPECT_EQ(text_at(all[1], {"kind"}), "session");
  EXPECT_EQ(text_at(all[1], {"browser"}), "Firefox on Linux");
  EXPECT_EQ(all[1].find("methods")->text(), R"(["password"])");
  for (const auto& one : all) {
    EXPECT_EQ(text_at(one, {"id"}).size(), 22U);
    for (const auto* name : {"created_at", "last_seen_at", "expires_at", "address"})
      EXPECT_NE(text_at(one, {name}), "") << name;
  }
}

TEST_P(SessionsOfPrograms, EndByTheirId) {
  auto owner = signed_in_browser();
  auto script = program();
  const auto which = id_of_other(script);
  EXPECT_EQ(end(script, which), 200) << script.body();
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(end(script, which), 200) << "it is so already";
  EXPECT_THAT(list(script), SizeIs(1));
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_revocations WHERE kind = 0")), 1);
}

TEST_P(SessionsOfPrograms, OfSomebodyElseAreNotFound) {  // AZ-01
  make_user(bob);
  auto bobs = signed_in_browser(bob);
  auto bobs_script = program(bob);
  auto script = program();
  EXPECT_EQ(end(script, id_of_other(bobs_script)), 404);
  EXPECT_EQ(end(script, id_of_this(bobs_script)), 404);
  EXPECT_TRUE(is_signed_in(bobs));
}

TEST_P(SessionsOfPrograms, OfAnInventedIdAreNotFound) {
  signed_in_browser();
  auto script = program();
  for (const std::string which : {"1", "2", "AAAAAAAAAAAAAAAAAAAAAA", "aaaaaaaaaaaaaaaaaaaaaaa", "%00", "-1"})
    EXPECT_EQ(end(script, which), 404) << which;
  EXPECT_EQ(end(script, std::string(65, 'a')), 422);
  EXPECT_EQ(live(), 2U);
}

TEST_P(SessionsOfPrograms, NeedARecentSignInToEndOthers) {  // SES-11
  auto owner = signed_in_browser();
  auto script = program();
  const auto which = id_of_other(script), own = id_of_this(script);
  app.clock().advance(11min);
  EXPECT_EQ(end(script, which), 401);
  EXPECT_THAT(script.body(), HasSubstr("insufficient_user_authentication"));
  EXPECT_EQ(script.json("POST", "/api/auth/user/sessions/log_out_everywhere").status(), 401);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(end(script, own), 200) << "it signs itself out";
  EXPECT_EQ(status_of(script), 401);
}

TEST_P(SessionsOfPrograms, EndedOnOneNodeAreRefusedOnAnother) {  // SES-06, TOK-09
  auto owner = signed_in_browser();
  auto script = program();
  AnotherNode node(app, {.strategies = rooms()});
  auto there = node.browser(owner);
  EXPECT_EQ(there.get("/me").status(), 200);
  EXPECT_EQ(end(script, id_of_other(script)), 200);
  EXPECT_EQ(owner.get("/me").status(), 401) << "here at once";
  app.clock().advance(1001ms);
  EXPECT_EQ(there.get("/me").status(), 401);
  auto script_there = node.browser();
  script_there.json("POST", "/api/auth/user/password/sign_in", credentials());
  script_there.bearer(text_at(script_there.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(end(script_there, id_of_other(script_there)), 200) << "the one that was made here";
  app.clock().advance(1001ms);
  EXPECT_EQ(status_of(script), 401);
}

TEST_P(SessionsOfPrograms, KeepTheirIdsUnderANewMasterSecret) {  // CRY-03
  auto owner = signed_in_browser();
  auto script = program();
  const auto which = id_of_other(script);
  AnotherNode again(app, {.strategies = rooms(), .secrets = {newer_secret, tests_secret}});
  auto there = again.browser();
  there.json("POST", "/api/auth/user/password/sign_in", credentials());
  there.bearer(text_at(there.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(end(there, which), 200);
  app.clock().advance(1001ms);
  EXPECT_FALSE(is_signed_in(owner));
}

using LoggingOutEverywhere = ActiveSessions;
INSTANTIATE_TEST_SUITE_P(Databases, LoggingOutEverywhere, every_database(), name_of_database);

TEST_P(LoggingOutEverywhere, EndsEverythingOfTheAccount) {
  auto owner = signed_in_browser(), other = signed_in_browser();
  auto script = program();
  EXPECT_EQ(script.json("POST", "/api/auth/user/sessions/log_out_everywhere").status(), 200) << script.body();
  EXPECT_EQ(live(), 0U);
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(other));
  EXPECT_EQ(status_of(script), 401);
}

TEST_P(LoggingOutEverywhere, CanKeepThisOne) {
  auto other = signed_in_browser();
  auto script = program();
  script.json("POST", "/api/auth/user/sessions/log_out_everywhere", {{"user", {{"keep_this", true}}}});
  EXPECT_EQ(script.status(), 200) << script.body();
  const auto renewed = text_at(script.answer(), {"authentication", "bearer"});
  EXPECT_EQ(status_of(script), 401) << "the token before has ended";
  script.bearer(renewed);
  EXPECT_EQ(status_of(script), 200);
  EXPECT_FALSE(is_signed_in(other));
  EXPECT_EQ(live(), 1U);
}

TEST_P(LoggingOutEverywhere, IsOnThePage_WithAndWithoutThisBrowser) {
  auto owner = signed_in_browser(), other = signed_in_browser();
  owner.get("/account").form("log_out_everywhere").submit();
  EXPECT_TRUE(owner.says("All other devices were signed out.")) << owner.body();
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(other));
  owner.get("/account");
  const auto token = owner.form("log_out_everywhere").value("_csrf_token");
  owner.post("/auth/user/sessions/log_out_everywhere", {{"_csrf_token", token}});
  EXPECT_TRUE(owner.says("You're signed out")) << owner.body();
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(live(), 0U);
}

TEST_P(LoggingOutEverywhere, IsRefusedToASessionThatEndedMeanwhile) {
  auto owner = signed_in_browser();
  auto script = program();
  ASSERT_TRUE(app.auth().revoke_all(id));
  EXPECT_EQ(script.json("POST", "/api/auth/user/sessions/log_out_everywhere").status(), 401);
}

class SessionsWithoutAsking : public ActiveSessions {
 protected:
  SessionsWithoutAsking() : ActiveSessions({.recent = 0s}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, SessionsWithoutAsking, every_database(), name_of_database);

TEST_P(SessionsWithoutAsking, EndWhateverTheAgeOfTheSignIn) {
  auto owner = signed_in_browser();
  auto script = program();
  app.clock().advance(12h);
  EXPECT_EQ(end(script, id_of_other(script)), 200);
  EXPECT_FALSE(is_signed_in(owner));
}

}  // namespace
}  // namespace rowan::flows
