// Sessions as visitors have them: cookies, how they end, and what ends them.
#include <rowan/base/base64.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/testing/switched_database.hpp>

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
  AccountId account() { return (*app.find_user(ann))->id; }
};
INSTANTIATE_TEST_SUITE_P(Databases, SessionFlow, every_database(), name_of_database);

TEST_P(SessionFlow, CookiesBelongToThisHostAndNoScript) {  // CK-01, CK-02, CK-03, CK-04
  std::vector<std::string> cookies;
  browser.follow_redirects(false);
  register_in(browser);
  for (const auto& header : browser.response().headers.all())
    if (header.name == "Set-Cookie") cookies.push_back(header.value);
  ASSERT_EQ(cookies.size(), 4U);
  EXPECT_THAT(cookies[0], StartsWith("__Host-rowan="));
  EXPECT_THAT(cookies[1], StartsWith("__Host-rowan_state="));
  EXPECT_THAT(cookies[2], StartsWith("__Host-rowan_last=password;"));
  EXPECT_THAT(cookies[3], StartsWith("__Host-rowan_device="));
  for (const auto& cookie : cookies) {
    for (const auto* attribute : {"; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"})
      EXPECT_THAT(cookie, HasSubstr(attribute));
    EXPECT_THAT(cookie, Not(HasSubstr("Domain")));
    EXPECT_LE(cookie.find(';'), 4096U);                // CK-05
    EXPECT_EQ(cookie.find("ann"), std::string::npos);  // SES-16
  }
}

TEST_P(SessionFlow, SignInReplacesTheSessionAndRevokesTheOldOne) {  // SES-03
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

TEST_P(SessionFlow, ASignedOutCookieIsRefused) {  // SES-06
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

TEST_P(SessionFlow, ADisabledAccountIsSignedOutEverywhereAtOnce) {  // SES-07
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
  EXPECT_TRUE(browser.says("The email address or password isn't right."));
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

TEST(SignOut, WithTheDatabaseAwayIsNotReportedAsDone) {
  testing::TemporaryDatabase real("sqlite");
  testing::SwitchedDatabase database(*real);
  testing::TestApp app({.adjust = [&](AuthOptions& options) { options.database = database; }});
  auto browser = app.browser(), program = app.browser();
  register_in(browser);
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  auto form = browser.get("/sign-out").form("/sign-out");
  database.switch_off();
  form.submit();
  EXPECT_EQ(browser.status(), 503);
  EXPECT_TRUE(browser.header("Retry-After"));
  EXPECT_FALSE(browser.header("Clear-Site-Data"));
  EXPECT_EQ(browser.cookies().count("__Host-rowan"), 1U);
  EXPECT_EQ(program.json("POST", "/api/auth/sign_out").status(), 503);
  database.switch_on();
  form.submit();
  EXPECT_EQ(browser.status(), 200);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(program.json("POST", "/api/auth/sign_out").status(), 200);
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
}

TEST(Tenants, ASessionOfOneIsNotSignedInAtAnother) {
  testing::TestApp app({.adjust = [](AuthOptions& options) {
    options.tenant_of = [](const http::Request& request) {
      return std::string(request.headers.single("X-Tenant").value_or(""));
    };
  }});
  auto browser = app.browser(), program = app.browser();
  const auto at = [](Browser& visitor, const char* tenant) -> Browser& {
    return visitor.with_header("X-Tenant", tenant);
  };
  at(program, "north").json("POST", "/api/auth/user/password/register", registration());
  ASSERT_EQ(program.status(), 201);
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(at(program, "north").json("GET", "/me").status(), 200);
  EXPECT_EQ(at(program, "south").json("GET", "/me").status(), 401);
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  // The same address may be another account there.
  at(browser, "south").json("POST", "/api/auth/user/password/register", registration());
  EXPECT_EQ(browser.status(), 201);
}

TEST(BearerGuard, RefusesATokenOfAnotherPurpose) {  // TOK-05
  testing::TestApp app;
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/register", registration());
  const auto bearer = text_at(program.answer(), {"authentication", "bearer"});
  // The same claims, signed by the same key, for something else: what a bug or another part of the system might hand
  // out.
  auto payload = *from_base64url(bearer.substr(bearer.find('.') + 1, bearer.rfind('.') - bearer.find('.') - 1));
  std::string text(reinterpret_cast<const char*>(payload.data()), payload.size());
  const auto at = text.find("\"purpose\":\"user\"");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 16, "\"purpose\":\"reset\"");
  const auto& keys = engine::core_of(app.auth()).keys;
  const auto signed_part = bearer.substr(0, bearer.find('.') + 1) + to_base64url(as_bytes(text));
  const crypto::HmacSha256 mac(keys.derive(0, "bearer HS256").bytes());
  const auto signature = [&](std::string_view signed_text) { return to_base64url(mac(as_bytes(signed_text))); };
  ASSERT_EQ(signature(bearer.substr(0, bearer.rfind('.'))), bearer.substr(bearer.rfind('.') + 1))
      << "bearers are signed differently now";
  program.bearer(signed_part + "." + signature(signed_part));
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
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
