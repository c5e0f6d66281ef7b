// Sessions as visitors have them: cookies, how they end, and what ends them (SECURITY 1.7).
#include "flow.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SessionFlow : public OnEveryDatabase {
 protected:
  Browser browser = app.browser();
  AccountId account() { return (*app.auth().find_user(ann))->id; }
};
INSTANTIATE_TEST_SUITE_P(Databases, SessionFlow, every_database(), name_of_database);

TEST_P(SessionFlow, CookiesBelongToThisHostAndNoScript) {  // CK-01 … CK-04
  std::vector<std::string> cookies;
  browser.follow_redirects(false);
  register_in(browser);
  for (const auto& header : browser.response().headers.all())
    if (header.name == "Set-Cookie") cookies.push_back(header.value);
  ASSERT_EQ(cookies.size(), 2U);
  EXPECT_THAT(cookies[0], StartsWith("__Host-rowan="));
  EXPECT_THAT(cookies[1], StartsWith("__Host-rowan_state="));
  for (const auto& cookie : cookies) {
    for (const auto* attribute : {"; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"})
      EXPECT_THAT(cookie, HasSubstr(attribute));
    EXPECT_THAT(cookie, Not(HasSubstr("Domain")));
    EXPECT_LE(cookie.find(';'), 4096U);                // CK-05
    EXPECT_EQ(cookie.find("ann"), std::string::npos);  // SES-16
  }
}

TEST_P(SessionFlow, SignInRenewsTheSessionAndTheOldOneIsDead) {  // SES-03
  register_in(browser);
  const auto before = browser.cookies();
  sign_in(browser);
  EXPECT_NE(browser.cookies().at("__Host-rowan"), before.at("__Host-rowan"));
  EXPECT_TRUE(is_signed_in(browser));
  browser.cookies() = before;
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(SessionFlow, AVisitorsFormTokenDoesNotOutliveTheSignIn) {
  register_in(browser);
  const auto token = browser.get("/account").form("change").value("_csrf_token");
  sign_out(browser);
  EXPECT_EQ(
      browser
          .post("/auth/user/password/sign_in",
                {{"_csrf_token", token}, {"user[email]", std::string(ann)}, {"user[password]", std::string(password)}})
          .status(),
      403);
}

TEST_P(SessionFlow, SignedOutCookieIsDeadHoweverItIsKept) {  // SES-06
  register_in(browser);
  const auto kept = browser.cookies();
  sign_out(browser);
  EXPECT_EQ(browser.cookies().count("__Host-rowan"), 0U);
  browser.cookies() = kept;
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(browser.get("/private").location(), "/sign-in?return_to=%2Fprivate");
}

TEST_P(SessionFlow, SignOutEndsThisSessionOnly) {
  auto elsewhere = app.browser();
  register_in(browser);
  sign_in(elsewhere);
  sign_out(browser);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_TRUE(is_signed_in(elsewhere));
}

TEST_P(SessionFlow, EndsWhenLeftIdleForADay) {  // SES-04
  register_in(browser);
  app.clock().advance(24h - 1s);
  EXPECT_TRUE(is_signed_in(browser));
  app.clock().advance(24h - 1s);
  EXPECT_TRUE(is_signed_in(browser));
  app.clock().advance(24h);
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(SessionFlow, EndsAfterTwoWeeksHoweverBusy) {  // SES-05
  register_in(browser);
  for (auto gone = 12h; gone < 14 * 24h; gone += 12h) {
    app.clock().advance(12h);
    ASSERT_TRUE(is_signed_in(browser)) << gone.count();
  }
  app.clock().advance(12h);
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(SessionFlow, BearerEndsAfterItsLifetime) {
  browser.json("POST", "/api/auth/user/password/register", registration());
  browser.bearer(text_at(browser.answer(), {"authentication", "bearer"}));
  app.clock().advance(14 * 24h - 1s);
  EXPECT_EQ(browser.json("GET", "/me").status(), 200);
  app.clock().advance(1s);
  EXPECT_EQ(browser.json("GET", "/me").status(), 401);
}

TEST_P(SessionFlow, ADisabledAccountIsOutAtOnceEverywhere) {  // SES-07
  auto program = app.browser();
  register_in(browser);
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  ASSERT_EQ(program.json("GET", "/me").status(), 200);
  ASSERT_TRUE(app.auth().disable(account()));
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  sign_in(browser);
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(browser.says("Incorrect email or password"));
  ASSERT_TRUE(app.auth().enable(account()));
  EXPECT_FALSE(is_signed_in(browser));
  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(SessionFlow, AnAdministratorEndsEverySessionOfAnAccount) {  // SES-10
  auto elsewhere = app.browser(), other = app.browser();
  register_in(browser);
  sign_in(elsewhere);
  register_in(other, "bob@notes.example");
  ASSERT_TRUE(app.auth().revoke_all(account()));
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(elsewhere));
  EXPECT_TRUE(is_signed_in(other));
  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(SessionFlow, AProgramThatAsksForJsonGets401InsteadOfAPage) {
  browser.with_header("Accept", "application/json").get("/private");
  EXPECT_EQ(browser.status(), 401);
  EXPECT_EQ(browser.body(), R"({"authentication":{"status":"failed","reason":"authentication_failed"}})");
}

TEST_P(SessionFlow, PagesSpeakTheVisitorsLanguage) {
  browser.with_header("Accept-Language", "de-AT, en;q=0.5").get("/sign-in");
  EXPECT_THAT(browser.body(), HasSubstr("lang=\"de\""));
  EXPECT_TRUE(browser.says("Anmelden"));
  EXPECT_THAT(browser.get("/sign-in?ui_locales=de").body(), HasSubstr("lang=\"de\""));
  EXPECT_THAT(browser.get("/sign-in").body(), HasSubstr("lang=\"en\""));
}

}  // namespace
}  // namespace rowan::flows
