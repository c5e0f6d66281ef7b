// Providers by name: what is known of each, and what the application must say.
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>
#include <rowan/http/url.hpp>
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>
#include <rowan/strategies/providers/preset.hpp>
#include <rowan/strategies/providers/providers.hpp>
#include <set>

namespace rowan::strategies::providers {
namespace {

using namespace flows;
using oauth2::for_tests::parameter_of;
using oauth2::for_tests::secret;
using testing::FakeHttpClient;
using ::testing::HasSubstr;

const std::string& pem_of_team() {
  static const auto pem = crypto::jose::for_tests::new_pem("P-256");
  return pem;
}

/// With what the preset's line in the README asks for.
PresetOptions declared(const Preset& preset) {
  PresetOptions options{.preset = preset.name, .client = {.id = "notes", .secret = secret()}};
  if (!preset.domain_is.empty()) options.domain = "login.example";
  if (preset.authentication == ClientAuthentication::client_secret_signed) {
    options.client.private_key = std::make_shared<const Secret>(Secret::from_text(pem_of_team()));
    options.client.private_key_id = "key-1";
    options.client.team = "team-1";
  }
  return options;
}

std::string why_not(PresetOptions options) {
  try {
    testing::TestApp app({.strategies = {rowan::provider(std::move(options))}});
    return "";
  } catch (const ConfigError& error) {
    return error.what();
  }
}

TEST(Presets, AreCompleteAndSortedByName) {
  std::string before;
  for (const auto& preset : presets()) {
    SCOPED_TRACE(preset.name);
    EXPECT_LT(before, preset.name);
    before = preset.name;
    EXPECT_FALSE(preset.label.empty() || preset.icon.empty());
    EXPECT_EQ(preset.issuer.contains("{domain}"), !preset.domain_is.empty());
    if (preset.issuer.empty()) {
      for (const auto& url : {preset.authorize_url, preset.token_url, preset.user_url})
        EXPECT_TRUE(url.starts_with("https://")) << url;
    }
    EXPECT_EQ(why_not(declared(preset)), "");
  }
}

TEST(Presets, SayAtTheStartWhatIsMissing) {
  EXPECT_THAT(why_not({.preset = "gogle"}), HasSubstr("preset is one of amazon, apple, auth0"));
  EXPECT_THAT(why_not({.preset = "google"}), HasSubstr("client_id is missing"));
  const auto with_domain = [](const char* preset, const char* domain) {
    return why_not({.preset = preset, .domain = domain, .client = {.id = "notes", .secret = secret()}});
  };
  EXPECT_THAT(with_domain("okta", ""), HasSubstr("domain is your Okta's host"));
  EXPECT_THAT(with_domain("google", "google.com"), HasSubstr("Google has no domain"));
  // An issuer for everybody says nothing about who vouches for a person.
  EXPECT_THAT(with_domain("microsoft", "common"), HasSubstr("domain is your tenant's id"));
  for (const auto* domain : {"a b", "a@b", "a/../b", "//a", "a?b", "a#b"})
    EXPECT_THAT(with_domain("auth0", domain), HasSubstr("domain is")) << domain;
  EXPECT_EQ(with_domain("keycloak", "login.example:8443/realms/notes"), "");
  EXPECT_EQ(with_domain("gitlab", ""), "");
  EXPECT_THAT(why_not({.preset = "apple", .client = {.id = "notes"}}), HasSubstr("private_key is missing"));
  EXPECT_THAT(why_not({.preset = "github",
                       .client = {.id = "notes", .secret = secret()},
                       .assurance = {.max_age = std::chrono::hours(1)}}),
              HasSubstr("GitHub gives no ID tokens"));
}

/// An application with a preset, and the provider's addresses in memory.
class SignInByName : public ::testing::TestWithParam<std::string> {
 protected:
  void declare(PresetOptions options) {
    app.emplace(testing::TestAppOptions{.database = GetParam(),
                                        .strategies = {rowan::provider(std::move(options))},
                                        .adjust = [this](AuthOptions& auth) { auth.http_client = &http; }});
    browser.emplace(app->browser());
  }
  std::string leave(const std::string& name) {
    browser->follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/" + name);
    browser->follow_redirects(true);
    return browser->header("Location").value_or("");
  }
  void come_back(const std::string& name, const std::string& to) {
    browser->with_header("Sec-Fetch-Site", "cross-site")
        .get("/auth/user/" + name + "/callback?code=a-code&state=" + parameter_of(to, "state"));
  }
  void token_from(const std::string& url) {
    http.on(http::Method::post, url,
            FakeHttpClient::json({{"access_token", "an-access-token"}, {"token_type", "Bearer"}}));
  }
  FakeHttpClient http{};
  std::optional<testing::TestApp> app{};
  std::optional<Browser> browser{};
};
INSTANTIATE_TEST_SUITE_P(Databases, SignInByName, every_database(), name_of_database);

TEST_P(SignInByName, GitHubsAddressIsThePrimaryOneOfTheList) {
  token_from("https://github.com/login/oauth/access_token");
  http.on(http::Method::get, "https://api.github.com/user",
          FakeHttpClient::json({{"id", 583231}, {"login", "ann"}, {"name", "Ann"}, {"email", "shown@notes.example"}}));
  http.on(
      http::Method::get, "https://api.github.com/user/emails",
      FakeHttpClient::json(Json::array({Json{{"email", "old@notes.example"}, {"primary", false}, {"verified", true}},
                                        Json{{"email", ann}, {"primary", true}, {"verified", true}}})));
  declare({.preset = "github",
           .client = {.id = "notes", .secret = secret()},
           .accounts = {.trust_email_verified = true, .keep = {"name"}}});
  browser->get("/sign-in");
  EXPECT_TRUE(browser->says("Sign in with GitHub"));
  EXPECT_THAT(browser->body(), HasSubstr("<svg class=\"mark\""));
  const auto to = leave("github");
  EXPECT_TRUE(to.starts_with("https://github.com/login/oauth/authorize?")) << to;
  EXPECT_EQ(parameter_of(to, "scope"), "read%3Auser%20user%3Aemail");
  come_back("github", to);
  EXPECT_TRUE(is_signed_in(*browser)) << browser->body();
  const auto user = *app->find_user(ann);
  ASSERT_TRUE(user);
  EXPECT_TRUE(user->confirmed_at);
  EXPECT_EQ(user->extra.text(), R"({"name":"Ann"})");
}

TEST_P(SignInByName, AListWithoutAPrimaryAddressMakesNoAccount) {
  token_from("https://github.com/login/oauth/access_token");
  http.on(http::Method::get, "https://api.github.com/user", FakeHttpClient::json({{"id", 1}, {"email", ann}}));
  for (const auto& list : {Json::array({}), Json::array({Json("x")}), Json(Json{{"values", Json("x")}}),
                           Json::array({Json{{"email", ann}, {"primary", "true"}, {"verified", true}}})}) {
    http.on(http::Method::get, "https://api.github.com/user/emails", FakeHttpClient::json(list));
    if (!app) declare({.preset = "github", .client = {.id = "notes", .secret = secret()}});
    come_back("github", leave("github"));
    EXPECT_EQ(browser->status(), 401) << list.text();
  }
  EXPECT_FALSE(*app->find_user(ann));
}

TEST_P(SignInByName, AFieldMayBeAMemberOfAMember) {
  token_from("https://api.x.com/2/oauth2/token");
  http.on(http::Method::get, "https://api.x.com/2/users/me?user.fields=confirmed_email",
          FakeHttpClient::json({{"id", "another"}, {"data", Json{{"id", "42"}, {"confirmed_email", ann}}}}));
  declare({.preset = "x", .client = {.id = "notes", .secret = secret()}});
  come_back("x", leave("x"));
  EXPECT_TRUE(is_signed_in(*browser)) << browser->body();
  EXPECT_EQ(testing::number_in(app->database(), Sql{"SELECT COUNT(*) FROM rowan_identities WHERE uid = '42'"}, {}), 1);
}

TEST_P(SignInByName, AppleGetsASecretThatOurKeySignedAndItsNameIsKept) {
  const auto& key = crypto::jose::for_tests::key_of("P-256");
  const std::string apple = "https://appleid.apple.com";
  http.on(
      http::Method::get, apple + "/.well-known/openid-configuration",
      FakeHttpClient::json({{"issuer", apple},
                            {"authorization_endpoint", apple + "/auth/authorize"},
                            {"token_endpoint", apple + "/auth/token"},
                            {"jwks_uri", apple + "/auth/keys"},
                            {"token_endpoint_auth_methods_supported", std::vector<std::string>{"client_secret_post"}},
                            {"id_token_signing_alg_values_supported", std::vector<std::string>{"ES256"}}}));
  http.on(
      http::Method::get, apple + "/auth/keys",
      {.status = 200, .body = crypto::jose::for_tests::set_of({key.public_jwk("k", crypto::jose::Algorithm::es256)})});
  auto options = declared(*std::ranges::find(presets(), "apple", &Preset::name));
  options.accounts = {.keep = {"name"}};
  declare(std::move(options));
  const auto to = leave("apple");
  EXPECT_EQ(parameter_of(to, "response_mode"), "form_post");
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(app->clock().now().time_since_epoch()).count();
  const Json claims{{"iss", apple}, {"sub", "001.a"},        {"aud", "notes"},
                    {"iat", now},   {"exp", now + 300},      {"nonce", parameter_of(to, "nonce")},
                    {"email", ann}, {"email_verified", true}};
  const auto token = sign_jws(key, {.algorithm = crypto::jose::Algorithm::es256, .key_id = "k"}, claims.text()).value();
  http.on(http::Method::post, apple + "/auth/token",
          FakeHttpClient::json({{"access_token", "an-access-token"}, {"token_type", "Bearer"}, {"id_token", token}}));
  // Another site's form brings no cookie; the page that it gets sends the same once more, from here.
  auto without_cookie = app->browser();
  without_cookie.with_header("Sec-Fetch-Site", "cross-site")
      .post("/auth/user/apple/callback",
            {{"state", parameter_of(to, "state")},
             {"code", "a-code"},
             {"user", R"({"name":{"firstName":"Ann","lastName":"Lee"},"email":"eve@notes.example"})"}});
  const auto again = without_cookie.form("apple/callback");
  browser->with_header("Sec-Fetch-Site", "same-origin")
      .post("/auth/user/apple/callback", {{"again", again.value("again")},
                                          {"state", again.value("state")},
                                          {"code", again.value("code")},
                                          {"user", again.value("user")}});
  EXPECT_TRUE(is_signed_in(*browser)) << browser->body();
  const auto user = *app->find_user(ann);
  ASSERT_TRUE(user) << "the address is the one that was signed";
  EXPECT_EQ(user->extra.text(), R"({"name":"Ann Lee"})");

  std::string sent;
  for (const auto& request : http.requests())
    if (request.url.ends_with("/auth/token")) sent = request.body;
  const auto team = crypto::jose::SigningKey::from_pem(Secret::from_text(pem_of_team())).value();
  const auto signed_secret = http::percent_decode(parameter_of(sent, "client_secret"));
  const auto verified = crypto::jose::VerifiedJws::verify(
      crypto::jose::Jws::parse(signed_secret.value()).value(),
      crypto::jose::Jwk::parse(team.public_jwk("k", crypto::jose::Algorithm::es256)).value(),
      {crypto::jose::Algorithm::es256});
  ASSERT_TRUE(verified) << sent;
  EXPECT_EQ(verified->key_id(), "key-1");
  const auto said = Json::parse(verified->payload()).value();
  EXPECT_EQ(said.find("iss")->as_text(), "team-1");
  EXPECT_EQ(said.find("sub")->as_text(), "notes");
  EXPECT_EQ(said.find("aud")->as_text(), apple);
}

}  // namespace
}  // namespace rowan::strategies::providers
