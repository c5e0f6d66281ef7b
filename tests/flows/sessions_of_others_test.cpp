// One browser, several people and several tabs: nothing of one account reaches another, and no late or refused answer
// brings back what is over (docs/architecture.md#sessions).
#include <rowan/engine/web/conn_state.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// As from a page that the browser still has open, whatever its pages would show to somebody who is signed in.
Browser& sign_in_over(Browser& browser, std::string_view email) {
  const auto token = browser.get("/sign-out").form("/sign-out").value("_csrf_token");
  return browser.post(
      "/auth/user/password/sign_in",
      {{"_csrf_token", token}, {"user[email]", std::string(email)}, {"user[password]", std::string(password)}});
}

class SessionsOfOthers : public ::testing::TestWithParam<std::string> {
 protected:
  SessionsOfOthers() {
    app.site().get("/put", [](Conn& conn) {
      conn.put_flash("info", "for your eyes only");
      return conn.text(conn.put_session("basket", "apples") ? "kept" : "full");
    });
    app.site().get("/see", [](Conn& conn) { return conn.text(conn.get_session("basket").value_or("nothing")); });
    app.site().get("/flow", [](Conn& conn) {
      auto& state = engine::state_of(conn);
      std::string all;
      for (const auto& flow : state.flows_of("otp")) all += flow;
      return conn.text(all + state.browser.flow);
    });
    app.site().get("/wait", [](Conn& conn) {
      engine::state_of(conn).keep_flow("otp", "a-flow");
      engine::state_of(conn).browser.flow = "a second factor";
      return conn.text("waits");
    });
    auto elsewhere = app.browser();
    register_in(elsewhere, bob);
  }
  testing::TestApp app{with_mail_rooms(GetParam())};
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, SessionsOfOthers, every_database(), name_of_database);

TEST_P(SessionsOfOthers, SigningInOverAnothersSessionKeepsNothingOfIt) {
  register_in(browser);
  ASSERT_EQ(browser.get("/put").body(), "kept");
  browser.get("/wait");
  ASSERT_EQ(browser.get("/see").body(), "apples");
  sign_in_over(browser, bob);
  ASSERT_TRUE(browser.get("/").says("Signed in as bob"));
  EXPECT_EQ(browser.get("/see").body(), "nothing");
  EXPECT_EQ(browser.get("/flow").body(), "");
  EXPECT_FALSE(browser.get("/").says("for your eyes only"));
}

TEST_P(SessionsOfOthers, TheSameAccountSigningInAgainKeepsWhatItHad) {
  register_in(browser);
  browser.get("/put");
  sign_in_over(browser, ann);
  EXPECT_EQ(browser.get("/see").body(), "apples");
}

TEST_P(SessionsOfOthers, AVisitorsValuesGoAlongWithTheFirstSignIn_ButNothingThatWasBegunForAnyone) {
  browser.get("/put");
  browser.get("/wait");
  ASSERT_NE(browser.get("/flow").body(), "");
  register_in(browser);
  EXPECT_EQ(browser.get("/see").body(), "apples");
  EXPECT_EQ(browser.get("/flow").body(), "");
}

TEST_P(SessionsOfOthers, WhatASessionLeftIsNotThereForVisitorsOnceItIsRevoked) {
  register_in(browser);
  browser.get("/put");
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id));
  EXPECT_EQ(browser.get("/see").body(), "nothing");
  sign_in(browser, bob);
  EXPECT_EQ(browser.get("/see").body(), "nothing");
}

TEST_P(SessionsOfOthers, AStateCookieOfAnotherAccountOpensNothing) {
  register_in(browser);
  browser.get("/put");
  const auto of_ann = browser.cookies().at("__Host-rowan_state");
  sign_out(browser);
  sign_in(browser, bob);
  browser.cookies()["__Host-rowan_state"] = of_ann;
  EXPECT_EQ(browser.get("/see").body(), "nothing");
}

TEST_P(SessionsOfOthers, PutSessionSaysWhenItIsFull) {  // CK-05
  app.site().get("/much", [](Conn& conn) {
    const bool kept = conn.put_session("much", std::string(3000, 'x'));
    return conn.text(kept ? "kept" : "full");
  });
  browser.get("/put");
  EXPECT_EQ(browser.get("/much").body(), "full");
  EXPECT_EQ(browser.get("/see").body(), "apples");
}

TEST_P(SessionsOfOthers, ASlowAnswerDoesNotBringBackASessionThatANewerSignInReplaced) {
  auto tab = app.browser();
  app.site().get("/slow", signed_in(app.auth(), [&](Conn& conn, const Claims&) {
                   tab.cookies() = browser.cookies();
                   sign_in_over(tab, ann);
                   browser.cookies() = tab.cookies();
                   return conn.text("slow");
                 }));
  register_in(browser);
  app.clock().advance(6min);  // so that the guard would seal anew
  ASSERT_EQ(browser.get("/slow").body(), "slow");
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(browser.cookies(), tab.cookies());
}

TEST_P(SessionsOfOthers, ASlowAnswerDoesNotBringBackASessionThatWasSignedOut) {
  auto tab = app.browser();
  app.site().get("/slow", signed_in(app.auth(), [&](Conn& conn, const User&) {
                   tab.cookies() = browser.cookies();
                   sign_out(tab);
                   return conn.text("slow");
                 }));
  register_in(browser);
  app.clock().advance(6min);
  browser.get("/slow");
  EXPECT_EQ(browser.status(), 200);
  EXPECT_FALSE(browser.header("Set-Cookie"));
}

TEST_P(SessionsOfOthers, ASessionInUseIsSealedAnewAsItsAnswerIsWritten) {
  register_in(browser);
  const auto before = browser.cookies().at("__Host-rowan");
  ASSERT_TRUE(is_signed_in(browser));
  EXPECT_EQ(browser.cookies().at("__Host-rowan"), before);
  app.clock().advance(6min);
  ASSERT_TRUE(is_signed_in(browser));
  EXPECT_NE(browser.cookies().at("__Host-rowan"), before);
}

TEST_P(SessionsOfOthers, ARefusalWritesNoSession) {  // SES-12
  const auto in = [](Conn& conn, const Claims&) { return conn.text("in"); };
  app.site().get("/two", signed_in(app.auth(), {.second_factor = true}, in));
  app.site().get("/fresh", signed_in(app.auth(), {.within = 1min}, in));
  app.site().post("/change", signed_in(app.auth(), in));
  register_in(browser);
  browser.follow_redirects(false);
  app.clock().advance(6min);
  const auto before = browser.cookies().at("__Host-rowan");
  EXPECT_EQ(browser.get("/two").status(), 303);
  EXPECT_EQ(browser.cookies().at("__Host-rowan"), before);
  EXPECT_EQ(browser.get("/fresh").status(), 303);
  EXPECT_EQ(browser.cookies().at("__Host-rowan"), before);
  EXPECT_EQ(browser.with_header("Sec-Fetch-Site", "cross-site").post("/change", {}).status(), 403);
  EXPECT_EQ(browser.cookies().at("__Host-rowan"), before);
}

TEST_P(SessionsOfOthers, AHandlerOfTheHostsOwnStyleAsksForTheCookieAsItAnswers) {
  register_in(browser);
  const auto cookie = "__Host-rowan=" + browser.cookies().at("__Host-rowan");
  app.clock().advance(6min);
  app.deliver();
  const http::RequestView view{.cookie = cookie, .authorization = {}};
  const auto verdict = app.auth().authenticate(view);
  const auto* accepted = std::get_if<GuardAccepted>(&verdict);
  ASSERT_NE(accepted, nullptr);
  EXPECT_TRUE(accepted->reseal);
  EXPECT_THAT(app.auth().reseal(view), HasSubstr("__Host-rowan="));
  sign_out(browser);
  EXPECT_EQ(app.auth().reseal(view), "");
}

testing::TestAppOptions four_subjects(std::string database) {
  return {.database = std::move(database), .strategies = {}, .adjust = [](AuthOptions& options) {
            for (const auto* name : {"user", "admin", "clerk", "guest"})
              options.subjects.push_back({.name = name, .strategies = {rowan::password()}});
          }};
}

class FourSubjects : public ::testing::TestWithParam<std::string> {
 protected:
  Browser& register_as(const std::string& subject) {
    return browser.get("/register")
        .form(subject + "/password/register")
        .fill(subject + "[email]", ann)
        .fill(subject + "[password]", password)
        .fill(subject + "[password_confirmation]", password)
        .submit();
  }
  testing::TestApp app{four_subjects(GetParam())};
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, FourSubjects, every_database(), name_of_database);

TEST_P(FourSubjects, StateKeptForTwoIsDroppedWhenOneSessionEnds) {
  app.site().get("/put", [](Conn& conn) { return conn.text(conn.put_session("basket", "apples") ? "kept" : "full"); });
  app.site().get("/see", [](Conn& conn) { return conn.text(conn.get_session("basket").value_or("nothing")); });
  for (const auto* subject : {"user", "admin"}) ASSERT_EQ(register_as(subject).status(), 200) << subject;
  ASSERT_EQ(browser.get("/put").body(), "kept");
  ASSERT_EQ(browser.get("/see").body(), "apples");
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann, {.subject = "admin"}))->id));
  EXPECT_EQ(browser.get("/see").body(), "nothing") << "it may be what the other one left";
  EXPECT_TRUE(is_signed_in(browser)) << "who is still there";
}

TEST_P(FourSubjects, RefusesTheFourthInOneBrowser) {
  for (const auto* subject : {"user", "admin", "clerk"}) ASSERT_EQ(register_as(subject).status(), 200) << subject;
  register_as("guest");
  EXPECT_EQ(browser.status(), 403);
  EXPECT_TRUE(browser.says("You're signed in with several accounts in this browser."));
  EXPECT_FALSE(*app.find_user(ann, {.subject = "guest"}));  // nothing was done
  EXPECT_TRUE(is_signed_in(browser));
  sign_out(browser);
  EXPECT_EQ(register_as("guest").status(), 200);
}

// Browsers send no cookie of ours along. What is waiting in them (a second factor, a provider, a message) must not go
// because of it.
TEST_P(SessionsOfOthers, AFormOfAnotherSiteReplacesNothingInTheBrowser) {
  for (const auto* address : {"/auth/user/password/sign_in", "/auth/user/password/register", "/sign-out"}) {
    auto without_cookies = app.browser();
    without_cookies.follow_redirects(false)
        .with_header("Origin", "https://evil.test")
        .with_header("Sec-Fetch-Site", "cross-site")
        .post(address, {{"user[email]", std::string(ann)}, {"user[password]", std::string(password)}});
    EXPECT_EQ(without_cookies.status(), 403) << address;
    EXPECT_TRUE(without_cookies.cookies().empty()) << address;
  }
}

}  // namespace
}  // namespace rowan::flows
