// Linking and unlinking on the account page, and answers that come as a form.
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>

namespace rowan::strategies::oauth2::for_tests {
namespace {

using namespace std::chrono_literals;

class OAuth2Link : public ForgeFlow {
 protected:
  void SetUp() override {
    register_in(browser);
    confirm(app, browser);
    is_now({{"id", 7}, {"email", "other@elsewhere.example"}, {"email_verified", false}});
  }
  /// Presses "Connect"; the state that the provider was asked with.
  static std::string ask(Browser& by, const std::string& secret = std::string(flows::password)) {
    by.get("/account").form("forge/link").fill("user[current_password]", secret).submit();
    return parameter_of(by.body(), "state");
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, OAuth2Link, every_database(), name_of_database);

TEST_P(OAuth2Link, AddsAPersonWithAnyAddressAndTakesItAway) {
  const auto state = ask(browser);
  ASSERT_FALSE(state.empty()) << browser.body();
  come_back(browser, state);
  EXPECT_EQ(browser.location(), "/account");
  EXPECT_TRUE(browser.says("You can sign in with Forge"));
  EXPECT_TRUE(browser.says("other@elsewhere.example"));
  auto other = app.browser();
  sign_in(other);
  EXPECT_TRUE(is_signed_in(other));
  EXPECT_THAT(app.mailbox(ann).front().subject, ::testing::HasSubstr("was connected with Forge"));

  browser.get("/account").form("forge/unlink").fill("user[current_password]", flows::password).submit();
  EXPECT_TRUE(browser.says("That way to sign in was removed")) << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(other));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 0);
  EXPECT_THAT(app.mailbox(ann).front().subject, ::testing::HasSubstr("Forge was disconnected"));
  // Who did not do it puts it back, and nobody stays signed in.
  auto reader = app.browser();
  reader.get(app.mailed_path(ann)).form().submit();
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities WHERE uid = '7'"}), 1);
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(OAuth2Link, AsksForThePasswordFirst) {
  EXPECT_TRUE(ask(browser, "not the password at all").empty()) << browser.body();
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_flows WHERE kind = 'provider'"}), 0);
}

TEST_P(OAuth2Link, BelongsToTheSessionThatBeganIt) {
  const auto state = ask(browser);
  browser.get("/sign-out").form().submit();
  come_back(browser, state);
  EXPECT_EQ(browser.status(), 401);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 0);
}

TEST_P(OAuth2Link, NeverMovesAPersonToAnotherAccount) {
  auto theirs = app.browser();
  is_now({{"id", 7}, {"email", "bob@notes.example"}, {"email_verified", true}});
  sign_in(theirs);
  ASSERT_TRUE(is_signed_in(theirs));
  come_back(browser, ask(browser));
  EXPECT_EQ(browser.status(), 401);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 1);
}

TEST_P(OAuth2Link, KeepsTheLastWayIn) {
  // A mail would sign in to any account with an address, so this application has none of that.
  testing::FakeHttpClient& provider = http;
  testing::TestApp alone{{.database = GetParam(),
                          .strategies = {rowan::oauth2(forge_options())},
                          .add_ons = {rowan::account()},
                          .adjust = [&](AuthOptions& auth) { auth.http_client = &provider; }}};
  is_now({{"id", 7}, {"email", ann}, {"email_verified", true}});
  auto only = alone.browser();
  sign_in(only);
  ASSERT_TRUE(is_signed_in(only));
  only.get("/account").form("forge/unlink").submit();
  EXPECT_EQ(only.status(), 422) << only.body();
  EXPECT_EQ(testing::number_in(alone.database(), Sql{"SELECT COUNT(*) FROM rowan_identities"}, {}), 1);
}

class OAuth2FormPost : public ForgeFlow {
 protected:
  static OAuth2Options by_form() {
    auto options = forge_options();
    options.request.response_mode = ResponseMode::form_post;
    return options;
  }
  OAuth2FormPost() : ForgeFlow(by_form()) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, OAuth2FormPost, every_database(), name_of_database);

// Browsers send no cookie of ours with another site's form.
TEST_P(OAuth2FormPost, IsSentOnceMoreFromAPageOfOurs) {
  const auto state = parameter_of(leave(browser), "state");
  const auto cookies = browser.cookies();
  browser.cookies().clear();
  const auto answer = [&](const std::string& named) {
    browser.with_header("Origin", "https://forge.example").with_header("Sec-Fetch-Site", "cross-site");
    browser.post("/auth/user/forge/callback", {{"state", named}, {"code", "a-code"}});
  };
  answer(state);
  ASSERT_EQ(browser.status(), 200);
  EXPECT_EQ(exchanges(), 0U) << "nothing was done yet";
  for (const auto& [name, value] : cookies) browser.cookies().emplace(name, value);  // what the answer set comes first
  browser.form("callback").submit();
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  // And no more often than once.
  auto other = app.browser();
  other.with_header("Sec-Fetch-Site", "cross-site")
      .post("/auth/user/forge/callback", {{"state", "made-up"}, {"code", "c"}, {"again", "true"}});
  EXPECT_EQ(other.status(), 401);
}

}  // namespace
}  // namespace rowan::strategies::oauth2::for_tests
