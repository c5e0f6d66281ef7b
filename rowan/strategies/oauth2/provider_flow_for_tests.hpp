#pragma once
// A provider in memory and browsers that come back from it, for the flows of oauth2 and oidc.
#include <rowan/http/url.hpp>
#include <rowan/strategies/oauth2/oauth2.hpp>
#include <rowan/testing/fake_http_client.hpp>
#include <rowan/testing/number_in.hpp>
#include <tests/flows/mail_flow.hpp>

namespace rowan::strategies::oauth2::for_tests {

using namespace flows;

inline std::shared_ptr<const Secret> secret() { return std::make_shared<const Secret>(Secret::from_text("a secret")); }

/// Of the address that a browser was sent to; empty when it has none.
inline std::string parameter_of(const std::string& url, std::string_view name) {
  const auto start = url.find(std::string(name) + "=");
  if (start == std::string::npos) return {};
  const auto value = url.substr(start + name.size() + 1);
  return value.substr(0, value.find('&'));
}

inline OAuth2Options forge_options() {
  return {.name = "forge",
          .label = "Forge",
          .authorize_url = "https://forge.example/authorize",
          .token_url = "https://forge.example/token",
          .user_url = "https://forge.example/user",
          .client = {.id = "notes", .secret = secret()},
          .request = {.scopes = {"user"}},
          .accounts = {.trust_email_verified = true, .keep = {"name"}}};
}

/// An application with passwords, mails and a provider "Forge".
class ForgeFlow : public ::testing::TestWithParam<std::string> {
 protected:
  explicit ForgeFlow(OAuth2Options forge = forge_options()) : forge_(std::move(forge)) {
    http.on(http::Method::post, "https://forge.example/token",
            testing::FakeHttpClient::json({{"access_token", "an-access-token"}, {"token_type", "Bearer"}}));
    is_now({{"id", 7}, {"email", ann}, {"email_verified", true}, {"name", "Ann"}});
  }
  /// Who is signed in at the provider.
  void is_now(const Json& person) {
    http.on(http::Method::get, "https://forge.example/user", testing::FakeHttpClient::json(person));
  }
  /// Presses the button; where the browser was sent to.
  static std::string leave(Browser& browser, const std::string& query = {}) {
    browser.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/forge" + query);
    EXPECT_EQ(browser.status(), 303) << browser.body();
    browser.follow_redirects(true);
    return browser.header("Location").value_or("");
  }
  static Browser& come_back(Browser& browser, const std::string& state, const std::string& more = "&code=a-code") {
    return browser.with_header("Sec-Fetch-Site", "cross-site").get("/auth/user/forge/callback?state=" + state + more);
  }
  static Browser& sign_in(Browser& browser, const std::string& query = {}) {
    return come_back(browser, parameter_of(leave(browser, query), "state"));
  }
  std::int64_t count(Sql query) { return testing::number_in(app.database(), query, {}); }
  std::size_t exchanges() const {
    const auto requests = http.requests();
    return static_cast<std::size_t>(
        std::ranges::count_if(requests, [](const auto& request) { return request.url.ends_with("/token"); }));
  }

 private:
  OAuth2Options forge_;

 protected:
  testing::FakeHttpClient http{};
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {rowan::password(), rowan::magic_link(), rowan::oauth2(forge_)},
                        .add_ons = {rowan::confirmation(), rowan::account()},
                        .adjust = [this](AuthOptions& auth) { auth.http_client = &http; }}};
  Browser browser = app.browser();
};

}  // namespace rowan::strategies::oauth2::for_tests
