#include <gtest/gtest.h>

#include <map>
#include <rowan/http/body.hpp>
#include <rowan/strategies/oauth2/authorization.hpp>
#include <rowan/strategies/oauth2/callback.hpp>
#include <rowan/strategies/oauth2/provider_for_tests.hpp>

namespace rowan::strategies::oauth2 {
namespace {

using namespace for_tests;

/// The parameters of a URL, each once.
std::map<std::string, std::string, std::less<>> parameters_of(const std::string& url) {
  return http::parse_query(url.substr(url.find('?') + 1)).value().spelled();
}

// IDP-16
TEST(Authorization, AlwaysHasAChallengeOfTheVerifier) {
  // RFC 7636, appendix B.
  EXPECT_EQ(code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  const auto all = parameters_of(authorization_url(a_provider(), a_flow()));
  EXPECT_EQ(all.at("code_challenge"), code_challenge("verifier"));
  EXPECT_EQ(all.at("code_challenge_method"), "S256");
}

TEST(Authorization, AsksForWhatIsConfiguredAndNoMore) {  // IDP-06
  auto provider = a_provider();
  provider.authorize_url = "https://idp.example/authorize?tenant=a";
  provider.scopes = {"openid", "email"};
  provider.authorization_params = {{"prompt", "select account"}};
  auto flow = a_flow();
  flow.nonce = "n";
  flow.max_age = std::chrono::seconds(300);
  EXPECT_EQ(parameters_of(authorization_url(provider, flow)),
            (std::map<std::string, std::string, std::less<>>{
                {"tenant", "a"},
                {"response_type", "code"},
                {"client_id", "client"},
                {"redirect_uri", "https://notes.example/auth/user/forge/callback"},
                {"state", "state"},
                {"code_challenge", code_challenge("verifier")},
                {"code_challenge_method", "S256"},
                {"scope", "openid email"},
                {"nonce", "n"},
                {"max_age", "300"},
                {"prompt", "select account"}}));
  provider.response_mode = ResponseMode::form_post;
  EXPECT_EQ(parameters_of(authorization_url(provider, flow)).at("response_mode"), "form_post");
}

TEST(Authorization, LetsNoConfigurationSetWhatBelongsToAFlow) {
  for (const char* name : {"state", "nonce", "redirect_uri", "code_challenge", "code_challenge_method", "response_type",
                           "client_id", "request", "request_uri", "client_secret"}) {
    auto provider = a_provider();
    provider.authorization_params = {{name, "evil"}};
    EXPECT_EQ(problems_of(provider).size(), 1U) << name;
    EXPECT_FALSE(authorization_url(provider, a_flow()).contains("evil")) << name;
  }
}

TEST(Authorization, HasNewValuesForEveryFlow) {  // IDP-04
  rowan::testing::FakeRandom random;
  const auto first = random_value(random), second = random_value(random);
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), 43U);
}

TEST(PushedAuthorization, ShowsTheBrowserNothingButItsName) {
  rowan::testing::FakeRandom random;
  FakeHttpClient http;
  auto provider = a_provider();
  provider.pushed_url = "https://idp.example/par";
  http.on(http::Method::post, provider.pushed_url,
          FakeHttpClient::json({{"request_uri", "urn:ietf:params:oauth:request_uri:6esc"}, {"expires_in", 60}}, 201));
  const auto url = pushed_authorization_url(http, provider, a_flow(), now, random);
  ASSERT_TRUE(url) << url.error().reason;
  EXPECT_EQ(parameters_of(*url),
            (std::map<std::string, std::string, std::less<>>{
                {"client_id", "client"}, {"request_uri", "urn:ietf:params:oauth:request_uri:6esc"}}));
  const auto pushed = parameters_of("?" + http.requests().back().body);
  EXPECT_EQ(pushed.at("state"), "state");
  EXPECT_EQ(pushed.at("code_challenge"), code_challenge("verifier"));
  http.on(http::Method::post, provider.pushed_url, FakeHttpClient::json({{"expires_in", 60}}, 201));
  EXPECT_FALSE(pushed_authorization_url(http, provider, a_flow(), now, random));
}

std::string code_or_why(std::string_view query, const Provider& provider = a_provider()) {
  const auto fields = http::parse_query(query);
  if (!fields) return "unreadable";
  const auto code = code_of(*fields, provider);
  if (code) return *code;
  EXPECT_EQ(code.error().code, ErrorCode::authentication_failed);
  return code.error().reason;
}

TEST(Callback, HasOneCodeOrOneError) {
  EXPECT_EQ(code_or_why("code=abc&state=s"), "abc");
  EXPECT_EQ(code_or_why("error=access_denied&error_description=%3Cscript%3E"), "forge: it answered access_denied");
  EXPECT_EQ(code_or_why("error=%3Cscript%3E"), "forge: it answered an error");
  EXPECT_EQ(code_or_why("error="), "forge: it answered an error");
  EXPECT_EQ(code_or_why("error=" + std::string(65, 'a')), "forge: it answered an error");
  EXPECT_EQ(code_or_why("code=abc&error=x"), "forge: the callback has a code and an error");
  EXPECT_EQ(code_or_why("code=abc&code=abd"), "unreadable");
  for (const auto& query : {std::string("code="), std::string("state=s"), std::string("code=a%20b"),
                            std::string("code=a%0Ab"), "code=" + std::string(4097, 'c')})
    EXPECT_EQ(code_or_why(query), "forge: the callback has no code that could be one");
}

TEST(Callback, ComesFromTheProviderThatWasAsked) {  // IDP-05
  auto provider = a_provider();
  provider.issuer = "https://idp.example";
  EXPECT_EQ(code_or_why("code=abc", provider), "abc");
  EXPECT_EQ(code_or_why("code=abc&iss=https%3A%2F%2Fidp.example", provider), "abc");
  for (const char* issuer :
       {"https%3A%2F%2Fidp.example%2F", "https%3A%2F%2FIDP.example", "https%3A%2F%2Fevil.example", ""}) {
    EXPECT_EQ(code_or_why("code=abc&iss=" + std::string(issuer), provider),
              "forge: the callback comes from another issuer");
    EXPECT_EQ(code_or_why("error=x&iss=" + std::string(issuer), provider),
              "forge: the callback comes from another issuer");
  }
  provider.announces_issuer = true;
  EXPECT_EQ(code_or_why("code=abc", provider), "forge: the callback does not say its issuer, as announced");
  EXPECT_EQ(code_or_why("error=x", provider), "forge: the callback does not say its issuer, as announced");
}

TEST(Callback, IsNoneWithoutAState) {
  const auto state = [](const std::string& query) { return state_of(http::parse_query(query).value()); };
  EXPECT_EQ(state("state=abc").value(), "abc");
  for (const auto& query :
       {std::string("code=a"), std::string("state="), std::string("state=a%20b"), "state=" + std::string(129, 's')}) {
    ASSERT_FALSE(state(query)) << query;
    EXPECT_EQ(state(query).error().code, ErrorCode::malformed_request);
  }
}

TEST(Providers, AreCheckedAtTheStart) {
  EXPECT_EQ(problems_of(a_provider()), std::vector<std::string>());
  const auto problems = [](auto change) {
    auto provider = a_provider();
    change(provider);
    return problems_of(provider).size();
  };
  EXPECT_EQ(problems([](Provider& p) { p.token_url = "http://idp.example/token"; }), 1U);
  EXPECT_EQ(problems([](Provider& p) { p.token_url = "http://localhost:8080/token"; }), 0U);
  EXPECT_EQ(problems([](Provider& p) { p.authorize_url = "javascript:alert(1)"; }), 1U);
  EXPECT_EQ(problems([](Provider& p) { p.client_id = ""; }), 1U);
  EXPECT_EQ(problems([](Provider& p) { p.client_secret = nullptr; }), 1U);
  EXPECT_EQ(
      problems([](Provider& p) { p.client_secret = std::make_shared<Secret>(Secret::from_env("ROWAN_NO_SUCH")); }), 1U);
  EXPECT_EQ(problems([](Provider& p) { p.authentication = ClientAuthentication::client_secret_jwt; }),
            1U);  // too short
  EXPECT_EQ(problems([](Provider& p) { p.authentication = ClientAuthentication::private_key_jwt; }), 1U);
  EXPECT_EQ(problems([](Provider& p) {
              p.authentication = ClientAuthentication::none;
              p.client_secret = nullptr;
            }),
            0U);
  EXPECT_EQ(problems([](Provider& p) { p.scopes = {"a b"}; }), 1U);
  EXPECT_EQ(problems([](Provider& p) { p.announces_issuer = true; }), 1U);
}

}  // namespace
}  // namespace rowan::strategies::oauth2
