// An account has the address, and the provider's word does not count: a mailed code connects the two.
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>

namespace rowan::strategies::oauth2::for_tests {
namespace {

using namespace std::chrono_literals;

class OAuth2Match : public ForgeFlow {
 protected:
  static OAuth2Options by_code() {
    auto options = forge_options();
    options.accounts.trust_email_verified = false;
    options.accounts.on_untrusted_email_match = UntrustedMatch::confirm;
    return options;
  }
  OAuth2Match() : ForgeFlow(by_code()) {}
  void SetUp() override {
    register_in(owner);
    confirm(app, owner);
  }
  std::string mailed_code() {
    for (const auto& mail : app.mailbox(ann))
      if (!mail.code.empty()) return mail.code;
    return {};
  }
  static Browser& enter(Browser& by, const std::string& code) {
    by.with_header("Sec-Fetch-Site", "same-origin");
    return by.form("forge/confirm").fill("user[code]", code).submit();
  }
  std::int64_t identities() { return count(Sql{"SELECT COUNT(*) FROM rowan_identities"}); }
  std::int64_t mails_with_code() {
    const auto mails = app.mailbox(ann);
    return std::ranges::count_if(mails, [](const auto& mail) { return !mail.code.empty(); });
  }
  Browser owner = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, OAuth2Match, every_database(), name_of_database);

TEST_P(OAuth2Match, ConnectsByTheCodeAndGoesOn) {
  sign_in(browser, "?return_to=%2Fprivate");
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("enter it to connect the account with Forge")) << browser.body();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(identities(), 0);
  sign_in(browser, "?return_to=%2Fprivate");
  const auto code = mailed_code();
  enter(browser, "WRONGX");
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(browser.says("This code is wrong or no longer valid."));
  enter(browser, code);
  EXPECT_EQ(browser.location(), "/private") << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(identities(), 1);
  EXPECT_THAT(app.mailbox(ann).front().subject, ::testing::HasSubstr("was connected with Forge"));
  EXPECT_TRUE(is_signed_in(owner)) << "it is the same person";
  auto again = app.browser();
  sign_in(again);
  EXPECT_TRUE(is_signed_in(again)) << "without a code from now on";
}

// A stranger has the same address at the provider; its owner gets the mail.
TEST_P(OAuth2Match, TakesTheCodeOnlyInTheBrowserThatCameBack) {
  sign_in(browser);
  const auto code = mailed_code();
  auto reader = app.browser();
  is_now({{"id", 8}, {"email", "bob@notes.example"}, {"email_verified", false}});
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  sign_in(reader);
  ASSERT_TRUE(reader.says("Enter the code"));
  reader.with_header("Sec-Fetch-Site", "same-origin");
  reader.form("forge/confirm").fill("user[email]", ann).fill("user[code]", code).submit();
  EXPECT_EQ(reader.status(), 401);
  EXPECT_EQ(identities(), 0);
}

TEST_P(OAuth2Match, TakesTheCodeOfEachTab) {
  sign_in(browser);
  auto first = browser.form("forge/confirm");
  const auto code = mailed_code();
  leave(browser);  // another tab begins, and keeps a newer flow
  browser.with_header("Sec-Fetch-Site", "same-origin");
  first.fill("user[code]", code).submit();
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
}

TEST_P(OAuth2Match, TakesACodeOnceAndFiveGuesses) {
  sign_in(browser);
  auto form = browser.form("forge/confirm");
  const auto code = mailed_code();
  browser.with_header("Sec-Fetch-Site", "same-origin");
  for (int i = 0; i < 5; ++i) form.fill("user[code]", "WRONGX").submit();
  form.fill("user[code]", code).submit();
  EXPECT_EQ(browser.status(), 401);
  auto other = app.browser();
  sign_in(other);
  auto right = other.form("forge/confirm");
  enter(other, mailed_code());
  ASSERT_TRUE(is_signed_in(other));
  sign_out(other);
  right.submit();
  EXPECT_FALSE(is_signed_in(other));
  EXPECT_EQ(identities(), 1);
}

TEST_P(OAuth2Match, WritesToAnAddressNoMoreThanOtherCodesDo) {
  for (int i = 0; i < 9; ++i) {
    auto other = app.browser();
    other.client("10.1.0." + std::to_string(i + 1));
    sign_in(other);
    EXPECT_TRUE(other.says("Enter the code")) << "the same answer";
  }
  EXPECT_EQ(mails_with_code(), 5);
}

TEST_P(OAuth2Match, OpensNoAccountThatChangedMeanwhile) {
  sign_in(browser);
  const auto code = mailed_code();
  ASSERT_TRUE(app.auth().disable((*app.find_user(ann))->id));
  enter(browser, code);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(identities(), 0);
}

TEST_P(OAuth2Match, WritesNothingToTheOwnerOfADisabledAccount) {
  ASSERT_TRUE(app.auth().disable((*app.find_user(ann))->id));
  sign_in(browser);
  EXPECT_TRUE(browser.says("Enter the code")) << "the same answer";
  EXPECT_EQ(mails_with_code(), 0);
}

// The stranger who registered the address keeps nothing.
TEST_P(OAuth2Match, TakesOverAnAccountThatWasNeverProven) {
  auto stranger = app.browser();
  register_in(stranger, "eve@notes.example");
  is_now({{"id", 9}, {"email", "eve@notes.example"}, {"email_verified", true}});
  sign_in(browser);
  std::string code;
  for (const auto& mail : app.mailbox("eve@notes.example"))
    if (!mail.code.empty()) code = mail.code;
  enter(browser, code);
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  EXPECT_FALSE(is_signed_in(stranger));
  EXPECT_EQ(identities(), 1);
}

TEST(OAuth2Options, DeclareTheCodeOnlyWhereItIsAskedFor) {
  const auto has = [](UntrustedMatch match) {
    auto options = forge_options();
    options.accounts.on_untrusted_email_match = match;
    const auto strategy = rowan::oauth2(options);
    return std::ranges::any_of(strategy.phases, [](const Phase& phase) { return phase.name == "confirm"; });
  };
  EXPECT_TRUE(has(UntrustedMatch::confirm));
  EXPECT_FALSE(has(UntrustedMatch::reject));
}

}  // namespace
}  // namespace rowan::strategies::oauth2::for_tests
