// A service in another language verifies our bearer tokens by the published keys alone, for each algorithm; what it
// cannot see, introspection tells it.
#include <rowan/base/base64.hpp>
#include <rowan/testing/app.hpp>

#include "peer.hpp"

namespace rowan::jose_of_npm {
namespace {

class ServiceOfNpm : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (const auto why = why_not(); !why.empty()) GTEST_SKIP() << why;
  }
  testing::TestApp app{{.adjust = [](AuthOptions& options) {
    options.tokens.algorithm = GetParam();
    options.tokens.audience = {"https://service.example", "https://other.example"};
    options.tokens.claims = Json{{"plan", "gold"}};
    options.tokens.introspection.emplace(
        IntrospectionClient{.id = "service", .secrets = Secret::from_text("0123456789abcdef0123456789abcdef-service")});
  }}};
};
INSTANTIATE_TEST_SUITE_P(EveryAlgorithm, ServiceOfNpm,
                         ::testing::Values("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384",
                                           "ES512", "EdDSA"),
                         [](const auto& one) { return one.param; });

TEST_P(ServiceOfNpm, VerifiesOurTokensByThePublishedKeysAndIsToldWhenTheyEnd) {
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/register",
               {{"user",
                 {{"email", "ann@notes.example"},
                  {"password", "correct horse battery staple"},
                  {"password_confirmation", "correct horse battery staple"}}}});
  ASSERT_EQ(program.status(), 201);
  const std::string token(program.answer().find("authentication")->find("bearer")->as_text().value());
  ASSERT_TRUE(app.auth().rotate_signing_key());  // two keys are published
  program.get("/.well-known/jwks.json");
  const auto jwks = Json::parse(program.body()).value();
  const auto job = [&](const std::string& text, std::string_view audience) -> Json {
    return {{"do", "claims"},       {"token", text}, {"issuer", "https://rowan.example"},
            {"audience", audience}, {"jwks", jwks},  {"now", to_seconds(app.clock().now())}};
  };
  auto bent = token;
  bent[token.size() / 2] = bent[token.size() / 2] == 'A' ? 'B' : 'A';
  const auto answers = ask(
      {job(token, "https://service.example"), job(bent, "https://service.example"), job(token, "https://x.example")});
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].find("plan").value_or(answers[0]).as_text(), "gold") << answers[0].text();
  EXPECT_EQ(answers[0].find("purpose").value_or(Json("")).as_text(), "user");
  EXPECT_TRUE(answers[1].find("error"));
  EXPECT_TRUE(answers[2].find("error"));

  const auto is_active = [&] {
    auto service = app.browser();
    service.post(
        "/api/auth/introspect",
        {{"token", token}, {"client_id", "service"}, {"client_secret", "0123456789abcdef0123456789abcdef-service"}});
    return service.answer().find("active").value_or(Json(nullptr)).as_boolean();
  };
  EXPECT_EQ(is_active(), true);
  ASSERT_TRUE(app.auth().revoke(token));
  EXPECT_EQ(is_active(), false);
}

}  // namespace
}  // namespace rowan::jose_of_npm
