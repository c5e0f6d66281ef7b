#include <gtest/gtest.h>

#include <map>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>
#include <rowan/http/body.hpp>
#include <rowan/strategies/oauth2/back_channel.hpp>
#include <rowan/strategies/oauth2/provider_for_tests.hpp>

namespace rowan::strategies::oauth2 {
namespace {

using namespace for_tests;
using crypto::jose::Algorithm;

class BackChannel : public ::testing::Test {
 protected:
  Provider provider = a_provider();
  FakeHttpClient http{};
  rowan::testing::FakeRandom random{};

  Result<Tokens> exchange(const Json& answer, int status = 200) {
    http.on(http::Method::post, provider.token_url, FakeHttpClient::json(answer, status));
    return exchange_code(http, provider, a_flow(), "abc", now, random);
  }
  std::map<std::string, std::string, std::less<>> sent() const {
    return http::parse_query(http.requests().back().body).value().spelled();
  }
  std::optional<std::string> authorization() const {
    const auto request = http.requests().back();
    const auto field = request.headers.single("Authorization");
    return field ? std::optional<std::string>(*field) : std::nullopt;
  }
  /// The claims of the assertion that was sent, if the key verifies it.
  Json assertion(const auto& key, Algorithm algorithm) const {
    const auto verified = crypto::jose::VerifiedJws::verify(
        crypto::jose::Jws::parse(sent().at("client_assertion")).value(), key, {algorithm});
    return Json::parse(verified.value().payload()).value();
  }
};

const Json good{{"access_token", "at"}, {"token_type", "Bearer"}};

TEST_F(BackChannel, GivesTheCodeWithItsVerifierForTokens) {
  const auto tokens = exchange({{"access_token", "at"},
                                {"token_type", "bearer"},
                                {"refresh_token", "rt"},
                                {"id_token", "a.b.c"},
                                {"expires_in", 3600},
                                {"scope", "email"}});
  ASSERT_TRUE(tokens) << tokens.error().reason;
  EXPECT_EQ(tokens->access_token.expose(), "at");
  EXPECT_EQ(tokens->refresh_token->expose(), "rt");
  EXPECT_EQ(tokens->id_token, "a.b.c");
  EXPECT_EQ(tokens->expires_in, std::chrono::seconds(3600));
  EXPECT_EQ(tokens->scope, "email");
  EXPECT_EQ(sent(), (std::map<std::string, std::string, std::less<>>{
                        {"grant_type", "authorization_code"},
                        {"code", "abc"},
                        {"redirect_uri", "https://notes.example/auth/user/forge/callback"},
                        {"code_verifier", "verifier"}}));
  const auto request = http.requests().back();
  EXPECT_EQ(request.headers.single("Accept"), "application/json");
  EXPECT_EQ(request.reach, http::Reach::anywhere);
}

TEST_F(BackChannel, SaysWhoWeAreByASecret) {
  provider.client_id = "a client";
  provider.client_secret = std::make_shared<Secret>(Secret::from_text("s:e/c"));
  EXPECT_TRUE(exchange(good));
  EXPECT_EQ(authorization(), "Basic " + to_base64(as_bytes("a%20client:s%3Ae%2Fc")));
  EXPECT_FALSE(sent().contains("client_secret"));
  provider.authentication = ClientAuthentication::client_secret_post;
  EXPECT_TRUE(exchange(good));
  EXPECT_EQ(authorization(), std::nullopt);
  EXPECT_EQ(sent().at("client_id"), "a client");
  EXPECT_EQ(sent().at("client_secret"), "s:e/c");
  provider.authentication = ClientAuthentication::none;
  EXPECT_TRUE(exchange(good));
  EXPECT_EQ(sent().at("client_id"), "a client");
  EXPECT_FALSE(sent().contains("client_secret"));
}

TEST_F(BackChannel, SaysWhoWeAreByASignedAssertion) {
  const std::string secret(32, 's');
  provider.authentication = ClientAuthentication::client_secret_jwt;
  provider.client_secret = std::make_shared<Secret>(Secret::from_text(secret));
  EXPECT_TRUE(exchange(good));
  EXPECT_EQ(sent().at("client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  EXPECT_FALSE(sent().contains("client_secret"));
  const auto claims = assertion(crypto::jose::HmacKey(*provider.client_secret), Algorithm::hs256);
  EXPECT_EQ(claims.find("iss")->as_text(), "client");
  EXPECT_EQ(claims.find("aud")->as_text(), "https://idp.example/token");

  provider.authentication = ClientAuthentication::private_key_jwt;
  provider.issuer = "https://idp.example";
  provider.private_key = crypto::jose::for_tests::key_of("P-256");
  provider.private_key_id = "k";
  EXPECT_TRUE(exchange(good));
  const auto jwk = crypto::jose::Jwk::parse(provider.private_key->public_jwk("k", Algorithm::es256)).value();
  EXPECT_EQ(assertion(jwk, Algorithm::es256).find("aud")->as_text(), "https://idp.example");
}

TEST_F(BackChannel, TellsACodeThatIsRefusedFromAProviderThatCannotAnswer) {
  const auto refused = [&](const Json& answer, int status) { return exchange(answer, status).error(); };
  EXPECT_EQ(refused({{"error", "invalid_grant"}, {"error_description", "<b>"}}, 400).code,
            ErrorCode::authentication_failed);
  EXPECT_EQ(refused({{"error", "bad_verification_code"}}, 200).code, ErrorCode::authentication_failed);
  EXPECT_EQ(refused({{"error", "invalid_code"}}, 403).code, ErrorCode::authentication_failed);
  const auto unknown_client = refused({{"error", "invalid_client"}}, 401);
  EXPECT_EQ(unknown_client.code, ErrorCode::unavailable);
  EXPECT_EQ(unknown_client.reason, "forge: status 401, invalid_client");
  EXPECT_EQ(refused({{"error", Json{{"message", "x"}}}}, 400).reason, "forge: status 400, an error");
  EXPECT_EQ(refused(good, 503).code, ErrorCode::unavailable);
  EXPECT_EQ(refused(good, 302).code, ErrorCode::unavailable);
  EXPECT_EQ(refused(Json::array({}), 200).code, ErrorCode::unavailable);
  http.on(http::Method::post, provider.token_url, {.status = 200, .body = "<html>"});
  EXPECT_EQ(exchange_code(http, provider, a_flow(), "abc", now, random).error().code, ErrorCode::unavailable);
  // An answer that was lost stays so: whether the code was used is not known.
  http.on(http::Method::post, provider.token_url, [](const http::OutgoingRequest&) -> Result<http::OutgoingResponse> {
    return Error{.code = ErrorCode::unavailable, .effect = Effect::unknown};
  });
  EXPECT_EQ(exchange_code(http, provider, a_flow(), "abc", now, random).error().effect, Effect::unknown);
}

TEST_F(BackChannel, TakesOnlyTokensThatCanBeTokens) {
  const auto with = [](const char* name, const Json& value) {
    auto fields = good.fields();
    std::erase_if(fields, [&](const auto& field) { return field.first == name; });
    fields.emplace_back(name, value);
    return Json::object(fields);
  };
  for (const Json& value : {Json(""), Json(7), Json(nullptr), Json("a b"), Json("a\r\nX: b"), Json("\xc3\xa9"),
                            Json(std::string(16385, 'a'))})
    for (const char* name : {"access_token", "refresh_token"})
      EXPECT_FALSE(exchange(with(name, value))) << name << value.text();
  for (const Json& value : {Json("mac"), Json("DPoP"), Json(""), Json(nullptr)})
    EXPECT_FALSE(exchange(with("token_type", value)));
  EXPECT_FALSE(exchange(with("id_token", std::string(32769, 'a'))));
  EXPECT_EQ(exchange(with("expires_in", "3600"))->expires_in, std::chrono::seconds(3600));
  EXPECT_EQ(exchange(with("expires_in", 1'000'000'000'000))->expires_in, std::chrono::seconds(315'360'000));
  for (const Json& value : {Json(-1), Json("soon"), Json(nullptr), Json("1x"), Json("")})
    EXPECT_EQ(exchange(with("expires_in", value))->expires_in, std::nullopt) << value.text();
}

TEST_F(BackChannel, RefreshesTokens) {
  http.on(http::Method::post, provider.token_url, FakeHttpClient::json(good));
  EXPECT_TRUE(refresh(http, provider, Secret::from_text("rt"), now, random));
  EXPECT_EQ(sent().at("grant_type"), "refresh_token");
  EXPECT_EQ(sent().at("refresh_token"), "rt");
}

TEST_F(BackChannel, AsksWhoThePersonIs) {
  http.on(http::Method::get, provider.user_url, FakeHttpClient::json({{"id", 42}, {"login", "anna"}}));
  const auto user = fetch_user(http, provider, Secret::from_text("at"));
  ASSERT_TRUE(user);
  EXPECT_EQ(user->find("login")->as_text(), "anna");
  EXPECT_EQ(authorization(), "Bearer at");
  for (const int status : {401, 403, 302, 500}) {
    http.on(http::Method::get, provider.user_url, FakeHttpClient::json({{"id", 42}}, status));
    EXPECT_FALSE(fetch_user(http, provider, Secret::from_text("at")));
  }
  http.on(http::Method::get, provider.user_url, {.status = 200, .body = R"({"id":1,"id":2})"});
  EXPECT_FALSE(fetch_user(http, provider, Secret::from_text("at")));
}

TEST_F(BackChannel, KnowsThePersonByWhatNeverChanges) {  // IDP-01
  const auto uid = [&](const Json& user) { return uid_of(user, provider).value_or("none"); };
  EXPECT_EQ(uid({{"sub", "anna"}, {"id", "other"}}), "anna");
  EXPECT_EQ(uid({{"id", 42}}), "42");
  EXPECT_EQ(uid({{"uid", "u"}}), "u");
  EXPECT_EQ(uid({{"email", "anna@example.org"}, {"login", "anna"}}), "none");
  for (const Json& value :
       {Json(""), Json(nullptr), Json(1.5), Json(true), Json("a\n"), Json(std::string(256, 's')), Json::array({"a"})})
    EXPECT_EQ(uid({{"sub", value}, {"id", "other"}}), "none") << value.text();
}

}  // namespace
}  // namespace rowan::strategies::oauth2
