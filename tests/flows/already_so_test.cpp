// What is so already is no error, and what an old browser does not say is not held against it.
#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

class AlreadySo : public MailRooms {
 protected:
  AlreadySo() { make_user(app); }
  Browser browser = app.browser();
  testing::Form signing_in() {
    auto form = browser.get("/sign-in").form("password/sign_in");
    form.fill("user[email]", ann).fill("user[password]", password);
    return form;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, AlreadySo, every_database(), name_of_database);

TEST_P(AlreadySo, SignedOutInAnotherTab) {
  sign_in(browser);
  auto second = browser.get("/sign-out").form("/sign-out");
  sign_out(browser);
  second.submit();
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("You're signed out.")) << browser.body();
}

TEST_P(AlreadySo, ButAFormOfBeforeSignsNobodyElseOut) {
  sign_in(browser);
  auto old = browser.get("/sign-out").form("/sign-out");
  sign_out(browser);
  sign_in(browser);
  old.submit();
  EXPECT_EQ(browser.status(), 403) << "the form is of another session";
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(AlreadySo, SignedInInAnotherTab) {
  auto second = signing_in();
  sign_in(browser);
  const auto session = browser.cookies()["__Host-rowan"];
  second.submit();
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("You're signed in already.")) << browser.body();
  EXPECT_EQ(browser.cookies()["__Host-rowan"], session) << "the form was not sent: it signs nobody in";
}

TEST_P(AlreadySo, SignedInByTheSameLink) {
  ask_for_link(browser);
  auto twice = browser.get(app.mailed_path(ann)).form("/magic_link");
  auto first = twice;
  first.submit();
  ASSERT_TRUE(is_signed_in(browser));
  twice.submit();
  EXPECT_TRUE(browser.says("You're signed in already.")) << browser.body();
}

TEST_P(AlreadySo, AnOldFormOfAVisitorIsStillRefused) {
  auto form = signing_in();
  browser.cookies().clear();
  form.submit();
  EXPECT_EQ(browser.status(), 403);
  EXPECT_FALSE(is_signed_in(browser));
}

// A page with `Referrer-Policy: no-referrer` sends `Origin: null`; a browser without Fetch Metadata says nothing more.
TEST_P(AlreadySo, TheFormsTokenDecidesWhereABrowserSaysNothing) {
  ask_for_reset(browser);
  const auto path = app.mailed_path(ann);
  const auto post = [&](bool right) {
    auto form = browser.get(path).form("password/reset");
    browser.with_header("Origin", "null")
        .with_header("Sec-Fetch-Site", std::nullopt)
        .post(form.action(), {{"_csrf_token", right ? form.value("_csrf_token") : std::string(43, 'A')},
                              {"user[reset_token]", form.value("user[reset_token]")},
                              {"user[password]", std::string(other_password)},
                              {"user[password_confirmation]", std::string(other_password)}});
    return browser.status();
  };
  EXPECT_EQ(post(false), 403);
  EXPECT_EQ(post(true), 200) << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(AlreadySo, AProgramsMountTakesNoSuchForm) {
  browser.with_header("Origin", "null")
      .with_header("Sec-Fetch-Site", std::nullopt)
      .post("/api/auth/user/password/sign_in",
            {{"user[email]", std::string(ann)}, {"user[password]", std::string(password)}});
  EXPECT_EQ(browser.status(), 403);
}

}  // namespace
}  // namespace rowan::flows
