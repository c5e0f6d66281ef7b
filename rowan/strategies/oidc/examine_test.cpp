// What `rowan doctor oidc` finds out, with the kit's provider over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rowan/strategies/oauth2/examine.hpp>
#include <rowan/strategies/oidc/oidc.hpp>
#include <rowan/testing/app.hpp>
#include <rowan/testing/fake_identity_provider.hpp>

namespace rowan::strategies::oidc {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::FakeIdentityProvider;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OidcDoctor : public ::testing::Test {
 protected:
  OidcOptions options() {
    return {.name = "work",
            .issuer = idp.issuer(),
            .client = {.id = idp.client_id(),
                       .secret = std::make_shared<const Secret>(Secret::from_text(idp.client_secret()))}};
  }
  std::vector<Finding> examine(OidcOptions options, const std::string& name = "work") {
    testing::TestApp app{{.strategies = {rowan::password(), rowan::oidc(std::move(options))}}};
    const auto found = app.auth().examine(name);
    EXPECT_TRUE(found) << found.error().reason;
    return found ? *found : std::vector<Finding>();
  }
  /// What is wrong, "about: says" a line.
  std::string wrong(OidcOptions options) {
    std::string all;
    for (const auto& finding : examine(std::move(options)))
      if (!finding.is_well) all += finding.about + ": " + finding.says + "\n";
    return all;
  }
  std::string wrong() { return wrong(options()); }
  std::string wrong_with(std::string_view member, const Json& value) {
    idp.lies({.discovery = Json::object({{std::string(member), value}})});
    return wrong();
  }
  using Texts = std::vector<std::string>;

  testing::FakeClock clock{};
  FakeIdentityProvider idp{clock, {.takes_pushed = true, .ends_sessions = true}};
};

TEST_F(OidcDoctor, FindsNothingWrongWithAProviderThatFits) {
  EXPECT_EQ(wrong(), "");
  std::string all;
  for (const auto& finding : examine(options())) all += finding.about + ": " + finding.says + "\n";
  EXPECT_THAT(all, AllOf(HasSubstr("redirect URI: https://rowan.example/auth/user/work/callback has to be registered"),
                         HasSubstr("clock: the same here and there"), HasSubstr("keys: 1 to verify"),
                         HasSubstr("algorithms: ES256\n"), HasSubstr("scopes: openid, email\n"),
                         HasSubstr("client authentication: client_secret_basic\n"), HasSubstr("response mode: query\n"),
                         HasSubstr("pushed requests: used\n"), HasSubstr("client: the provider knows us")));
}

TEST_F(OidcDoctor, SaysWhatDoesNotFitAndHowToMendIt) {
  EXPECT_THAT(wrong_with("issuer", "https://other.example"),
              AllOf(HasSubstr("issuer: it says \"https://other.example\""), HasSubstr("to the letter")));
  EXPECT_THAT(wrong_with("token_endpoint", "http://idp.example/token"), HasSubstr("discovery: "));
  EXPECT_THAT(wrong_with("id_token_signing_alg_values_supported", Texts{"HS256"}),
              AllOf(HasSubstr("algorithms: it signs with HS256 only"), HasSubstr("choose RS256")));
  EXPECT_THAT(wrong_with("scopes_supported", Texts{"openid", "profile"}),
              HasSubstr("scopes: it does not list email; it has openid, profile"));
  EXPECT_THAT(wrong_with("token_endpoint_auth_methods_supported", Texts{"private_key_jwt"}),
              HasSubstr("client authentication: it takes private_key_jwt, and not client_secret_basic"));
  EXPECT_THAT(wrong_with("code_challenge_methods_supported", Texts{"plain"}), HasSubstr("PKCE: "));
  EXPECT_THAT(wrong_with("response_types_supported", Texts{"id_token"}), HasSubstr("response type: it has id_token"));
  EXPECT_THAT(wrong_with("require_pushed_authorization_requests", true), IsEmpty());
  idp.lies({.discovery = {{"require_pushed_authorization_requests", true},
                          {"pushed_authorization_request_endpoint", nullptr}}});
  EXPECT_THAT(wrong(), HasSubstr("pushed requests: it requires them"));
  idp.lies({});
  auto by_form = options();
  by_form.request.response_mode = ResponseMode::form_post;
  EXPECT_EQ(wrong(by_form), "");
  idp.lies({.discovery = {{"response_modes_supported", Texts{"query"}}}});
  EXPECT_THAT(wrong(by_form), HasSubstr("response mode: it has query, and not form_post"));
  idp.lies({.discovery = {{"end_session_endpoint", nullptr}}});
  auto led = options();
  led.sign_out_at_provider = true;
  EXPECT_THAT(wrong(led), HasSubstr("sign-out: it has no end_session_endpoint"));
}

TEST_F(OidcDoctor, LooksAtWhatIsDeclaredAboutTheStrengthOfASignIn) {
  auto strict = options();
  strict.assurance = {.require_acr = {"silver"}, .trust_acr = {"gold"}};
  idp.lies({.discovery = {{"acr_values_supported", Texts{"bronze", "silver"}}, {"claims_supported", Texts{"sub"}}}});
  EXPECT_THAT(wrong(strict), AllOf(HasSubstr("acr: it does not list gold; it has bronze, silver"),
                                   HasSubstr("acr: it does not list the claim auth_time")));
  strict.assurance.max_age = std::chrono::hours(1);
  idp.lies({.discovery = {{"acr_values_supported", Texts{"gold", "silver"}}, {"claims_supported", Texts{"sub"}}}});
  EXPECT_EQ(wrong(strict), "");
}

TEST_F(OidcDoctor, NoticesAWrongSecret) {
  auto stranger = options();
  stranger.client.secret = std::make_shared<const Secret>(Secret::from_text("another secret"));
  EXPECT_THAT(wrong(stranger), AllOf(HasSubstr("client: "), HasSubstr("invalid_client"), HasSubstr("client_secret")));
}

TEST_F(OidcDoctor, ComparesTheClocks) {
  idp.lies({.clock_ahead = 30s});
  EXPECT_EQ(wrong(), "");
  idp.lies({.clock_ahead = 90s});
  EXPECT_THAT(wrong(), AllOf(HasSubstr("clock: ours is 90 s behind"), HasSubstr("NTP")));
  idp.lies({.clock_ahead = -90s});
  EXPECT_THAT(wrong(), HasSubstr("clock: ours is 90 s ahead"));
}

TEST_F(OidcDoctor, SaysWhatIsAway) {
  idp.lies({.only_at = "discovery", .status = 404});
  EXPECT_THAT(wrong(), AllOf(HasSubstr("/.well-known/openid-configuration"), HasSubstr("status 404")));
  idp.lies({.only_at = "keys", .status = 500});
  EXPECT_THAT(wrong(), HasSubstr("keys: "));
}

// Nothing of a provider's can turn into lines of its own.
TEST_F(OidcDoctor, ShowsOfAProviderOnlyWhatFitsALine) {
  idp.lies({.discovery_issuer = "https://idp.example\n  ok  all is well\x1b[31m" + std::string(500, 'x')});
  for (const auto& finding : examine(options())) {
    EXPECT_FALSE(finding.says.contains('\n')) << finding.says;
    EXPECT_FALSE(finding.says.contains('\x1b')) << finding.says;
    EXPECT_LT(finding.says.size(), 500U);
  }
}

TEST_F(OidcDoctor, KnowsWhichProvidersThereAre) {
  testing::TestApp app{{.strategies = {rowan::password(), rowan::oidc(options())}}};
  const auto none = app.auth().examine("wrok");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::not_found);
  EXPECT_EQ(none.error().reason, "no provider is declared as \"wrok\"; there is work");
  EXPECT_FALSE(app.auth().examine("password"));
}

TEST(OAuth2Doctor, ChecksWhatCanBeCheckedWithoutADocument) {
  testing::FakeClock clock;
  const FakeIdentityProvider idp(clock);
  const auto declared = [&](const std::string& secret, const std::string& user_url) {
    return rowan::oauth2(
        {.name = "forge",
         .authorize_url = idp.authorize_url(),
         .token_url = idp.token_url(),
         .user_url = user_url,
         .client = {.id = idp.client_id(), .secret = std::make_shared<const Secret>(Secret::from_text(secret))},
         .request = {.scopes = {"email"}}});
  };
  const auto wrong = [&](Strategy strategy) {
    testing::TestApp app{{.strategies = {std::move(strategy)}}};
    const auto findings = app.auth().examine("forge");
    std::string all;
    for (const auto& finding : *findings)
      if (!finding.is_well) all += finding.about + ";";
    return all;
  };
  EXPECT_EQ(wrong(declared(idp.client_secret(), idp.user_url())), "");
  EXPECT_EQ(wrong(declared("another", idp.user_url())), "client;");
  EXPECT_EQ(wrong(declared(idp.client_secret(), idp.issuer() + "/nowhere")), "user_url;");
}

TEST(HttpDates, AreReadStrictly) {
  const auto read = [](std::string_view text) {
    const auto time = oauth2::read_http_date(text);
    return time ? to_seconds(*time) : -1;
  };
  EXPECT_EQ(read("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  for (const auto* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "})
    EXPECT_EQ(read(text), -1) << text;
}

}  // namespace
}  // namespace rowan::strategies::oidc
