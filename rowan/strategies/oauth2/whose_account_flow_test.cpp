// Whose account a person of a provider gets: every kind of account, whatever the provider says about the address and
// however much its word counts (docs/decisions/0035).
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>
#include <rowan/testing/totp_code.hpp>
#include <tests/flows/totp_key.hpp>

namespace rowan::strategies::oauth2::for_tests {
namespace {

using namespace std::chrono_literals;

enum class Gets {
  new_account,
  this_account,
  this_account_taken_over,
  asked_for_second_factor,
  asked_for_code,
  nothing
};

std::ostream& operator<<(std::ostream& out, Gets gets) {
  constexpr const char* names[] = {"a new account",        "this account", "this account, taken over",
                                   "second factor's page", "code's page",  "nothing"};
  return out << names[static_cast<std::size_t>(gets)];
}

// The account that has the address when the person comes back, and what the person gets: where both sides are verified,
// where one is not, and where one is not and UntrustedMatch::confirm is on.
struct Row {
  const char* account;
  Gets both_verified, otherwise, otherwise_by_code;
};
constexpr Row table[] = {
    {"none", Gets::new_account, Gets::new_account, Gets::new_account},
    {"proven", Gets::this_account, Gets::nothing, Gets::asked_for_code},
    {"without password", Gets::this_account, Gets::nothing, Gets::asked_for_code},
    {"never proven", Gets::this_account_taken_over, Gets::nothing, Gets::asked_for_code},
    {"with second factor", Gets::asked_for_second_factor, Gets::nothing, Gets::asked_for_code},
    {"disabled", Gets::nothing, Gets::nothing, Gets::asked_for_code},
    {"closed", Gets::new_account, Gets::new_account, Gets::new_account},
    {"of another tenant", Gets::new_account, Gets::new_account, Gets::new_account},
    {"of this person", Gets::this_account, Gets::this_account, Gets::this_account},
    {"of another person there", Gets::nothing, Gets::nothing, Gets::nothing},
};

struct Word {
  bool verified, trusted;
  UntrustedMatch otherwise;
};

class WhoseAccount : public ::testing::TestWithParam<std::tuple<std::string, Word>> {
 protected:
  Word word() const { return std::get<1>(GetParam()); }
  std::unique_ptr<testing::TestApp> new_app() {
    auto options = forge_options();
    options.accounts.trust_email_verified = word().trusted;
    options.accounts.on_untrusted_email_match = word().otherwise;
    http.on(http::Method::post, "https://forge.example/token",
            testing::FakeHttpClient::json({{"access_token", "an-access-token"}, {"token_type", "Bearer"}}));
    return std::make_unique<testing::TestApp>(
        testing::TestAppOptions{.database = std::get<0>(GetParam()),
                                .strategies = {rowan::password(), rowan::totp(), rowan::oauth2(options)},
                                .add_ons = {rowan::confirmation()},
                                .adjust = [this](AuthOptions& auth) { auth.http_client = &http; }});
  }
  void is_now(int id, bool verified, const std::string& email = std::string(ann)) {
    http.on(http::Method::get, "https://forge.example/user",
            testing::FakeHttpClient::json({{"id", id}, {"email", email}, {"email_verified", verified}}));
  }
  static void come_back(testing::TestApp& app, Browser& browser) {
    browser.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/forge");
    ASSERT_EQ(browser.status(), 303) << browser.body();
    const auto state = parameter_of(browser.header("Location").value_or(""), "state");
    browser.follow_redirects(true).with_header("Sec-Fetch-Site", "cross-site");
    browser.get("/auth/user/forge/callback?code=a-code&state=" + state);
    browser.with_header("Sec-Fetch-Site", "same-origin");
    app.deliver();
  }
  static std::string given(const std::string& account, std::string_view which) {
    return account == which ? std::string(ann) : std::string();
  }
  // The account in front of the provider, with what is special about it.
  AccountId prepare(testing::TestApp& app, std::string_view account) {
    if (account == "none") return {};
    NewUser user;
    user.email = ann;
    user.confirmed = account != "never proven";
    if (account != "without password") user.password = Secret::from_text(flows::password);
    if (account == "of another tenant") user.realm.tenant = TenantName("another");
    const auto id = app.auth().create_user(user).value().id;
    if (account == "disabled") app.auth().disable(id).value();
    if (account == "closed") app.auth().close(id).value();
    if (account == "with second factor") {
      auto owner = app.browser();
      flows::sign_in(owner);
      owner.get("/account").form("totp/setup").fill("user[current_password]", flows::password).submit();
      const auto code = testing::totp_code(flows::key_on(owner), app.clock());
      owner.form("totp/confirm_setup").fill("user[code]", code).submit();
      EXPECT_EQ(owner.status(), 200) << owner.body();
    }
    if (account == "of this person" || account == "of another person there") {
      is_now(account == "of this person" ? 7 : 8, true);
      auto owner = app.browser();
      flows::sign_in(owner);
      owner.with_header("Sec-Fetch-Site", "same-origin").get("/account").form("forge/link");
      owner.form("forge/link").fill("user[current_password]", flows::password).submit();
      owner.with_header("Sec-Fetch-Site", "cross-site");
      owner.get("/auth/user/forge/callback?code=a-code&state=" + parameter_of(owner.body(), "state"));
      EXPECT_EQ(testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_identities"}, {}), 1);
    }
    return id;
  }
  static Gets what_it_got(testing::TestApp& app, Browser& browser, AccountId before, bool had_password) {
    if (browser.says("Enter the code")) return Gets::asked_for_code;
    if (browser.says("Two-step") || browser.location() == "/second-factor" || browser.says("authenticator"))
      return Gets::asked_for_second_factor;
    if (!is_signed_in(browser)) return Gets::nothing;
    const auto now = app.find_user(ann).value();
    if (!now || now->id != before) return Gets::new_account;
    const bool has_password = testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_passwords"}, {}) == 1;
    return has_password == had_password ? Gets::this_account : Gets::this_account_taken_over;
  }

  testing::FakeHttpClient http{};
};
INSTANTIATE_TEST_SUITE_P(Words, WhoseAccount,
                         ::testing::Combine(every_database(),
                                            ::testing::Values(Word{true, true, UntrustedMatch::reject},
                                                              Word{true, true, UntrustedMatch::confirm},
                                                              Word{true, false, UntrustedMatch::reject},
                                                              Word{false, true, UntrustedMatch::reject},
                                                              Word{true, false, UntrustedMatch::confirm},
                                                              Word{false, true, UntrustedMatch::confirm})),
                         [](const auto& test) {
                           const auto& word = std::get<1>(test.param);
                           return std::get<0>(test.param) + (word.verified ? "Verified" : "Unverified") +
                                  (word.trusted ? "Trusted" : "Untrusted") +
                                  (word.otherwise == UntrustedMatch::confirm ? "Confirm" : "Reject");
                         });

TEST_P(WhoseAccount, FollowsTheTable) {  // IDP-01, IDP-12
  for (const auto& row : table) {
    const auto app = new_app();
    const auto before = prepare(*app, row.account);
    const auto identities = testing::number_in(app->database(), Sql{"SELECT COUNT(*) FROM rowan_identities"}, {});
    is_now(7, word().verified);
    auto browser = app->browser();
    come_back(*app, browser);
    const auto expected = word().verified && word().trusted             ? row.both_verified
                          : word().otherwise == UntrustedMatch::confirm ? row.otherwise_by_code
                                                                        : row.otherwise;
    const bool had_password = std::string_view(row.account) != "without password";
    EXPECT_EQ(what_it_got(*app, browser, before, had_password), expected) << "account: " << row.account << "\n"
                                                                          << browser.status() << " " << browser.body();
    const bool stores = expected != Gets::nothing && expected != Gets::asked_for_code;
    EXPECT_EQ(testing::number_in(app->database(), Sql{"SELECT COUNT(*) FROM rowan_identities"}, {}),
              stores ? 1 : identities)
        << row.account;
  }
}

}  // namespace
}  // namespace rowan::strategies::oauth2::for_tests
