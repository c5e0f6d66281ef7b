// Two subjects that are signed in in one browser keep out of each other's way.
#include <rowan/strategies/remember_me/remember_me_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

testing::TestAppOptions two_subjects(std::string database) {
  return {.database = std::move(database), .strategies = {}, .adjust = [](AuthOptions& options) {
            options.limits_enabled = false;
            for (const auto* name : {"user", "admin"})
              options.subjects.push_back({.name = name, .strategies = {rowan::password(), rowan::remember_me()}});
          }};
}

class RememberedTwice : public ::testing::TestWithParam<std::string> {
 protected:
  RememberedTwice() {
    app.site().get("/office", signed_in(app.auth(), {.subject = "admin"},
                                        [](Conn& conn, const Claims&) { return conn.text("the office"); }));
  }
  void register_as(const std::string& subject, bool stays) {
    auto form = browser.get("/register?prompt=login").form(subject + "/password/register");
    form.fill(subject + "[email]", ann).fill(subject + "[password]", password);
    form.fill(subject + "[password_confirmation]", password);
    if (stays) form.tick(subject + "[remember_me]");
    form.submit();
    ASSERT_EQ(browser.status(), 200) << browser.body();
  }
  void goes_idle() {
    app.clock().advance(std::chrono::days(2));
    app.deliver();
  }
  static bool is_in_the_office(Browser& one) { return one.get("/office").body() == "the office"; }

  testing::TestApp app{two_subjects(GetParam())};
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(On, RememberedTwice, every_database(), name_of_database);

TEST_P(RememberedTwice, ASessionOfAnotherSubjectThatWentIdleStaysSo) {  // SES-05
  register_as("admin", false);
  register_as("user", true);
  goes_idle();
  std::string header;
  for (const auto& [name, value] : browser.cookies()) header += (header.empty() ? "" : "; ") + name + "=" + value;
  std::vector<std::string> set_cookies;
  const auto verdict = app.auth().decide({.cookie = header}, GuardKind::session, {}, {}, set_cookies);
  ASSERT_TRUE(verdict);
  ASSERT_TRUE(std::holds_alternative<GuardAccepted>(*verdict));
  std::string sent;
  for (const auto& cookie : set_cookies) sent += (sent.empty() ? "" : "; ") + cookie.substr(0, cookie.find(';'));
  EXPECT_TRUE(std::holds_alternative<GuardAccepted>(app.auth().authenticate({.cookie = sent})));
  EXPECT_TRUE(std::holds_alternative<GuardRefused>(
      app.auth().authenticate({.cookie = sent}, GuardKind::session, {.subject = "admin"})));
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_FALSE(is_in_the_office(browser));
}

TEST_P(RememberedTwice, BothComingBackAtOnceAreNoThieves) {  // SES-17
  register_as("admin", true);
  register_as("user", true);
  goes_idle();
  // Two requests are sent with the same cookies; the browser takes what both answers bring.
  auto one = app.browser(), other = app.browser();
  const auto sent = browser.cookies();
  one.cookies() = sent;
  other.cookies() = sent;
  ASSERT_TRUE(is_signed_in(one));
  ASSERT_TRUE(is_in_the_office(other));
  for (auto* tab : {&one, &other})
    for (const auto& [name, value] : tab->cookies())
      if (const auto before = sent.find(name); before == sent.end() || before->second != value)
        browser.cookies()[name] = value;
  goes_idle();
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_TRUE(is_in_the_office(browser));
  EXPECT_EQ(app.mailbox(ann).size(), 0U);
}

TEST_P(RememberedTwice, SigningOutOfOneLeavesTheOther) {
  register_as("admin", true);
  register_as("user", true);
  browser.get("/sign-out?subject=user").form("/sign-out").submit();
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_TRUE(is_in_the_office(browser));
}

TEST_P(RememberedTwice, ACookieUnderTheOtherSubjectsNameIsNone) {
  register_as("user", true);
  goes_idle();
  browser.cookies()["__Host-rowan_remember_admin"] = browser.cookies()["__Host-rowan_remember"];
  EXPECT_FALSE(is_in_the_office(browser));
  EXPECT_TRUE(is_signed_in(browser));
}

}  // namespace
}  // namespace rowan::flows
