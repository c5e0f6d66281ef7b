// What a session says it was proven by, and when: a renewal keeps it, and only a credential that was shown adds to it.
#include <rowan/engine/core.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;

class Renewal : public MailRooms {
 protected:
  Renewal() {
    app.site().get("/claims", signed_in(app.auth(), [](Conn& conn, const Claims& claims) {
                     return conn.json({{"methods", claims.methods},
                                       {"auth_time", to_microseconds(claims.authenticated_at())},
                                       {"expires_at", to_microseconds(claims.expires_at)}});
                   }));
  }
  struct Said {
    std::string methods{};
    std::chrono::seconds age{}, left{};
  };
  Said said(Browser& browser) {
    const auto answer = browser.get("/claims").answer();
    const auto time = [&](std::string_view name) {
      return from_microseconds(answer.find(name).value_or(Json(0)).as_integer().value_or(0));
    };
    const auto now = app.clock().now();
    return {.methods = answer.find("methods").value_or(Json({})).text(),
            .age = std::chrono::duration_cast<std::chrono::seconds>(now - time("auth_time")),
            .left = std::chrono::duration_cast<std::chrono::seconds>(time("expires_at") - now)};
  }
  void change_password(Browser& browser) {
    auto form = browser.get("/account").form("password/change");
    form.fill("user[current_password]", password);
    choose(form, other_password);
  }
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, Renewal, every_database(), name_of_database);

TEST_P(Renewal, WhoUsesOnlyRowansOwnPagesIsNotIdle) {  // SES-04
  register_in(browser);
  for (int i = 0; i < 4; ++i) {
    app.clock().advance(12h);
    app.deliver();
    EXPECT_EQ(browser.get("/account").location(), "/account") << i;
  }
  app.clock().advance(25h);
  app.deliver();
  EXPECT_EQ(browser.get("/account").location().substr(0, 8), "/sign-in");
}

// A second first factor would pass for a second factor, and a fresh time for a fresh proof of all of them.
TEST_P(Renewal, OfAPasswordChangeKeepsMethodsTimeAndEnd) {
  register_in(browser);
  confirm(app, browser);
  sign_out(browser);
  ask_for_link(browser);
  open_link(browser, app.mailed_path(ann));
  app.clock().advance(2h);
  const auto before = said(browser);
  ASSERT_EQ(before.methods, R"(["magic_link"])");
  change_password(browser);
  const auto after = said(browser);
  EXPECT_EQ(after.methods, before.methods);
  EXPECT_EQ(after.age, before.age);
  EXPECT_EQ(after.left, before.left);
}

TEST_P(Renewal, OfAConfirmationAddsNothing) {
  register_in(browser);
  app.clock().advance(2h);
  const auto before = said(browser);
  confirm(app, browser);
  const auto after = said(browser);
  EXPECT_EQ(after.methods, R"(["password"])");
  EXPECT_EQ(after.age, 2h);
  EXPECT_EQ(after.left, before.left) << "and makes the session live no longer";
}

TEST_P(Renewal, OfAChangeOfAddressAddsNothing) {
  register_in(browser);
  confirm(app, browser);
  browser.get("/account")
      .form("email/change")
      .fill("user[email]", "bob@notes.example")
      .fill("user[current_password]", password)
      .submit();
  app.clock().advance(2h);
  browser.get(app.mailed_path("bob@notes.example")).form("confirm_new_user").submit();
  ASSERT_TRUE(app.find_user("bob@notes.example")->has_value());
  const auto after = said(browser);
  EXPECT_EQ(after.methods, R"(["password"])");
  EXPECT_EQ(after.age, 2h);
}

TEST_P(Renewal, OfASessionWithASecondFactorDoesNotAskForItAgain) {
  std::vector<std::string> factors;
  testing::TestApp with_factor(
      {.database = GetParam(), .strategies = {rowan::password()}, .adjust = [&](AuthOptions& options) {
         options.hooks.factors = [&](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
           return named(factors);
         };
       }});
  auto visitor = with_factor.browser();
  register_in(visitor);
  factors = {"totp"};
  change_password(visitor);
  EXPECT_EQ(visitor.status(), 200);
  EXPECT_TRUE(is_signed_in(visitor));
}

TEST_P(Renewal, ASignInTokenCarriesTheProofOfItsSession) {
  register_in(browser);
  confirm(app, browser);
  app.clock().advance(3h);
  auto& core = engine::core_of(app.auth());
  const auto header = "__Host-rowan=" + browser.cookies().at("__Host-rowan");
  const auto verdict = app.auth().decide({.cookie = header, .authorization = {}}, GuardKind::session);
  ASSERT_TRUE(verdict && std::holds_alternative<GuardAccepted>(*verdict));
  const auto claims = std::get<GuardAccepted>(*verdict).claims;
  const auto token = app.database().transact([&](Transaction& transaction) {
    return strategies::password::issue_sign_in_token(core.services, transaction, claims);
  });
  ASSERT_TRUE(token);
  auto other = app.browser();
  const auto csrf = other.get("/sign-in").form("password/sign_in").value("_csrf_token");
  other.post("/auth/user/password/sign_in_with_token", {{"_csrf_token", csrf}, {"user[token]", *token}});
  const auto there = said(other), here = said(browser);
  EXPECT_EQ(there.methods, here.methods);
  EXPECT_EQ(there.age, 3h) << "no fresh credential";
  EXPECT_EQ(there.left, here.left);
}

TEST_P(Renewal, ASignInTokenIsNotRecentEnoughForAChangeOfAddress) {  // REC-08
  ask_for_link(browser, "zoe@notes.example");
  open_link(browser, app.mailed_path("zoe@notes.example"));
  app.clock().advance(11min);
  const auto header = "__Host-rowan=" + browser.cookies().at("__Host-rowan");
  const auto verdict = app.auth().decide({.cookie = header, .authorization = {}}, GuardKind::session);
  const auto claims = std::get<GuardAccepted>(*verdict).claims;
  const auto token = app.database().transact([&](Transaction& transaction) {
    return strategies::password::issue_sign_in_token(app.auth().services(), transaction, claims);
  });
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in_with_token", {{"token", *token}});
  ASSERT_EQ(program.status(), 200);
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  program.json("POST", "/api/auth/user/email/change", an_email("bob@notes.example"));
  EXPECT_EQ(program.status(), 401);
}

TEST_P(Renewal, ASessionThatEndedMeanwhileRenewsNothing) {
  register_in(browser);
  auto form = browser.get("/account").form("password/change");
  form.fill("user[current_password]", password);
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id));
  app.deliver();
  choose(form, other_password);
  EXPECT_EQ(browser.status(), 401);
}

}  // namespace
}  // namespace rowan::flows
