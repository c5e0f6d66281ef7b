// "Recent activity" on the account page: the owner's own, in plain sentences.
#include "audit_flow_for_tests.hpp"

namespace rowan::flows {
namespace {

constexpr const char* firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

class RecentActivity : public AuditLog {
 protected:
  void SetUp() override { register_in(owner.client("203.0.113.9")); }
  std::string card(Browser& browser) {
    const auto& page = browser.get("/account").body();
    const auto begin = page.find("id=\"user_audit_log\"");
    return begin == std::string::npos ? "" : page.substr(begin, page.find("</section>", begin) - begin);
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, RecentActivity, every_database(), name_of_database);

TEST_P(RecentActivity, SaysWhatHappenedWhenAndFromWhere) {
  stranger.client("198.51.100.7").with_header("User-Agent", firefox);
  guess_in(stranger);
  ask_for_reset(stranger);
  const auto shown = card(owner);
  EXPECT_THAT(shown, AllOf(HasSubstr("Account created"), HasSubstr("Signed in</strong> (new browser)"),
                           HasSubstr("Failed sign-in</strong><br><span class=\"hint\">"),
                           HasSubstr("Firefox on Linux · 198.51.100.7"), HasSubstr("Password reset requested")));
  EXPECT_LT(shown.find("Password reset requested"), shown.find("Failed sign-in")) << "the newest first";
  EXPECT_LT(shown.find("Failed sign-in"), shown.find("Account created"));
}

TEST_P(RecentActivity, SpeaksTheVisitorsLanguage) {
  owner.with_header("Accept-Language", "de");
  EXPECT_THAT(card(owner), AllOf(HasSubstr("Letzte Aktivitäten"), HasSubstr("Angemeldet"), Not(HasSubstr("Signed"))));
}

TEST_P(RecentActivity, ShowsNothingOfAnotherAccount) {  // AZ-01
  auto other = app.browser();
  register_in(other.client("192.0.2.99"), bob);
  guess_in(stranger.client("192.0.2.98"), bob);
  EXPECT_THAT(card(owner), Not(HasSubstr("192.0.2.")));
  EXPECT_THAT(card(other), AllOf(HasSubstr("192.0.2.99"), Not(HasSubstr("203.0.113.9"))));
  EXPECT_EQ(card(stranger), "") << "and nobody sees it who is not signed in";
}

TEST_P(RecentActivity, ShowsNothingOfWhoHadTheAccountBefore) {
  sign_in(owner);  // the stranger who registered the address, from 203.0.113.9
  auto true_owner = app.browser();
  true_owner.client("192.0.2.1");
  ask_for_link(true_owner);
  open_link(true_owner, app.mailed_path(ann));
  ASSERT_TRUE(is_signed_in(true_owner));
  ASSERT_FALSE(is_signed_in(owner));
  EXPECT_THAT(card(true_owner), AllOf(HasSubstr("Signed in"), HasSubstr("192.0.2.1"), Not(HasSubstr("203.0.113.9"))));
}

TEST_P(RecentActivity, CountsWhatIsRepeated_AndShowsNoMoreThanItShould) {
  for (int i = 0; i < 7; ++i) guess_in(stranger.client("198.51.100.7"));
  const auto shown = card(owner);
  EXPECT_THAT(shown, HasSubstr("Failed sign-in</strong> (×7)"));
  for (int i = 0; i < 30; ++i) {
    guess_in(stranger.client("198.51.100." + std::to_string(i)));
    if (i % 8 == 7) app.clock().advance(5min);
  }
  const auto many = card(owner);
  std::size_t lines = 0;
  for (auto at = many.find("<li>"); at != std::string::npos; at = many.find("<li>", at + 1)) ++lines;
  EXPECT_EQ(lines, 10U);
}

TEST_P(RecentActivity, LeavesOutWhatDoesNotConcernTheOwner) {
  stranger.json("POST", "/api/auth/user/password/register", registration());
  ASSERT_TRUE(app.auth().update_extra(id_of(), {{"plan", "pro"}}));
  const auto shown = card(owner);
  std::size_t lines = 0;
  for (auto at = shown.find("<li>"); at != std::string::npos; at = shown.find("<li>", at + 1)) ++lines;
  EXPECT_EQ(lines, 2U) << shown;
}

TEST_P(RecentActivity, ReadsNothingOfAStrangersUserAgent) {  // INJ-03
  stranger.with_header("User-Agent", "Call +49 30 123456 <script>alert(1)</script> Firefox/140");
  guess_in(stranger);
  EXPECT_THAT(card(owner), AllOf(HasSubstr("Firefox"), Not(HasSubstr("Call")), Not(HasSubstr("script"))));
}

TEST_P(RecentActivity, SaysWhatAnAdministratorDid) {
  ASSERT_TRUE(app.auth().confirm(id_of()));
  EXPECT_THAT(card(owner), HasSubstr("Email address confirmed by an administrator"));
}

TEST(RecentActivityOfHashedAddresses, ShowsNoHash) {
  testing::TestApp app(with_log("sqlite", {.ip_privacy_mode = AuditLogOptions::IpPrivacy::hash}));
  auto browser = app.browser();
  register_in(browser);
  browser.get("/account");
  EXPECT_TRUE(browser.says("Recent activity"));
  EXPECT_THAT(browser.body(), Not(HasSubstr("· #")));
}

TEST(RecentActivitySwitchedOff, IsNotOnThePage) {
  testing::TestApp app(with_log("sqlite", {.recent_activity = 0}));
  auto browser = app.browser();
  register_in(browser);
  browser.get("/account");
  EXPECT_FALSE(browser.says("Recent activity"));
}

}  // namespace
}  // namespace rowan::flows
