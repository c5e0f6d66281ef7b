// Tokens with a public-key signature through a whole application: what programs get, verify and lose.
#include <rowan/base/base64.hpp>
#include <rowan/base/config_error.hpp>
#include <rowan/crypto/jose/jws.hpp>

#include "flow.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view introspection_secret = "the secret of a gateway: 0123456789abcdef";

class SignedTokens : public ::testing::TestWithParam<std::string> {
 protected:
  static testing::TestAppOptions with(std::string algorithm, std::string database = "sqlite",
                                      std::function<void(AuthOptions&)> more = {}) {
    return {.database = std::move(database), .adjust = [=](AuthOptions& options) {
              options.tokens.algorithm = algorithm;
              options.tokens.introspection.emplace(
                  IntrospectionClient{.id = "gateway", .secrets = Secret::from_text(introspection_secret)});
              if (more) more(options);
            }};
  }
  static std::string token_of(Browser& program) {
    program.json("POST", "/api/auth/user/password/register", registration());
    if (program.status() != 201) program.json("POST", "/api/auth/user/password/sign_in", credentials());
    return text_at(program.answer(), {"authentication", "bearer"});
  }
  static Json introspect(Browser program, std::string_view token, std::string_view secret = introspection_secret) {
    program.with_header("Authorization", "Basic " + to_base64(as_bytes("gateway:" + http_encoded(secret))));
    program.with_header("Origin", std::nullopt);
    program.post("/api/auth/introspect", {{"token", std::string(token)}});
    return program.answer();
  }
  static std::string http_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) encoded += c == ' ' ? "+" : c == ':' ? "%3A" : std::string(1, c);
    return encoded;
  }
  static Json payload_of(const std::string& token) {
    const auto first = token.find('.'), last = token.rfind('.');
    return Json::parse(as_text(from_base64url(token.substr(first + 1, last - first - 1)).value())).value();
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, SignedTokens, every_database(), name_of_database);

TEST_P(SignedTokens, OpenWhatABearerOpensAndEndWithASignOut) {
  for (const std::string algorithm : {"HS384", "HS512", "ES256", "EdDSA"}) {
    SCOPED_TRACE(algorithm);
    testing::TestApp app(with(algorithm, GetParam()));
    auto program = app.browser();
    program.bearer(token_of(program));
    EXPECT_EQ(program.json("GET", "/me").status(), 200) << "first seen";
    EXPECT_EQ(program.json("GET", "/me").status(), 200) << "seen before";
    EXPECT_EQ(program.json("POST", "/api/auth/sign_out").status(), 200);
    EXPECT_EQ(program.json("GET", "/me").status(), 401);
  }
}

TEST_P(SignedTokens, AreVerifiedByThePublishedKeysAlone) {
  testing::TestApp app(with("ES256", GetParam()));
  auto program = app.browser(), service = app.browser();
  const auto token = token_of(program);
  service.get("/.well-known/jwks.json");
  ASSERT_EQ(service.status(), 200);
  EXPECT_EQ(service.header("Cache-Control"), "public, max-age=900");
  const auto keys = crypto::jose::KeySet::parse(service.body());
  ASSERT_TRUE(keys) << keys.error().reason;
  EXPECT_TRUE(crypto::jose::VerifiedJws::verify(crypto::jose::Jws::parse(token).value(), *keys,
                                                {crypto::jose::Algorithm::es256}));
  const auto etag = service.header("ETag").value();
  service.with_header("If-None-Match", etag).get("/.well-known/jwks.json");
  EXPECT_EQ(service.status(), 304);
  EXPECT_EQ(service.body(), "");
  ASSERT_TRUE(app.auth().rotate_signing_key());
  service.with_header("If-None-Match", etag).get("/.well-known/jwks.json");
  EXPECT_EQ(service.status(), 200);
  EXPECT_EQ(crypto::jose::KeySet::parse(service.body())->keys().size(), 2U);
}

TEST_P(SignedTokens, SharedSecretsArePublishedNowhere) {
  testing::TestApp app(with("HS256", GetParam()));
  auto service = app.browser();
  EXPECT_EQ(service.get("/.well-known/jwks.json").status(), 404);
  EXPECT_EQ(app.auth().signing_keys().error().code, ErrorCode::not_found);
}

TEST_P(SignedTokens, ARetiredKeyEndsThem) {  // TOK-09
  testing::TestApp app(with("EdDSA", GetParam()));
  auto program = app.browser();
  program.bearer(token_of(program));
  EXPECT_EQ(program.json("GET", "/me").status(), 200);
  const auto keys = app.auth().signing_keys();
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 1U);
  EXPECT_TRUE(keys->front().signs);
  ASSERT_TRUE(app.auth().retire_signing_key(keys->front().kid));
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  auto again = app.browser();
  again.bearer(token_of(again));
  EXPECT_EQ(again.json("GET", "/me").status(), 200) << "a new key signs";
  EXPECT_EQ(app.auth().retire_signing_key("no such key").error().code, ErrorCode::not_found);
}

TEST_P(SignedTokens, OfBeforeARestoredBackupAreRefusedAndSoAreItsKeys) {
  testing::TestApp app(with("EdDSA", GetParam()));
  auto program = app.browser();
  const auto token = token_of(program);
  ASSERT_TRUE(app.auth().after_restore());
  program.bearer(token);
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  auto again = app.browser();
  const auto other = token_of(again);
  again.bearer(other);
  EXPECT_EQ(again.json("GET", "/me").status(), 200);
  EXPECT_NE(token.substr(0, token.find('.')), other.substr(0, other.find('.'))) << "another key";
}

TEST_P(SignedTokens, AreToldOfByIntrospectionUntilTheyEnd) {
  for (const std::string algorithm : {"HS256", "EdDSA"}) {
    SCOPED_TRACE(algorithm);
    testing::TestApp app(with(algorithm, GetParam()));
    auto program = app.browser();
    const auto token = token_of(program);
    const auto told = introspect(app.browser(), token);
    EXPECT_EQ(told.find("active")->as_boolean(), true);
    for (const auto* name : {"iss", "sub", "aud", "exp", "iat", "nbf", "jti"})
      EXPECT_EQ(told.find(name)->text(), payload_of(token).find(name)->text());
    ASSERT_TRUE(app.auth().revoke(token));
    EXPECT_EQ(introspect(app.browser(), token).text(), R"({"active":false})");
    EXPECT_EQ(introspect(app.browser(), "no token").text(), R"({"active":false})");
    EXPECT_EQ(introspect(app.browser(), token + "x").text(), R"({"active":false})");
  }
}

TEST_P(SignedTokens, IntrospectionIsForItsClientOnlyAndWrongSecretsAreCounted) {
  testing::TestApp app(with("HS256", GetParam()));
  auto program = app.browser();
  const auto token = token_of(program);
  auto stranger = app.browser();
  stranger.post("/api/auth/introspect", {{"token", token}});
  EXPECT_EQ(stranger.status(), 401);
  EXPECT_EQ(stranger.header("WWW-Authenticate"), "Basic realm=\"introspection\"");
  EXPECT_EQ(stranger.answer().text(), R"({"error":"invalid_client"})");
  // A user's own token is no client's secret, and two ways at once are none.
  stranger.with_header("Authorization", "Bearer " + token).post("/api/auth/introspect", {{"token", token}});
  EXPECT_EQ(stranger.status(), 401);
  stranger.with_header("Authorization", "Basic " + to_base64(as_bytes("gateway:" + http_encoded(introspection_secret))))
      .post("/api/auth/introspect", {{"token", token}, {"client_secret", std::string(introspection_secret)}});
  EXPECT_EQ(stranger.status(), 401);
  stranger.post("/api/auth/introspect",
                {{"token", token}, {"client_id", "gateway"}, {"client_secret", std::string(introspection_secret)}});
  EXPECT_EQ(stranger.status(), 200);
  stranger.post("/api/auth/introspect",
                {{"client_id", "gateway"}, {"client_secret", std::string(introspection_secret)}});
  EXPECT_EQ(stranger.status(), 400);
  for (int i = 0; i < 30 && stranger.status() != 429; ++i)
    introspect(stranger, token, "wrong"), stranger.post("/api/auth/introspect", {{"token", token}});
  EXPECT_EQ(stranger.status(), 429);
  EXPECT_EQ(introspect(app.browser(), token).find("active")->as_boolean(), true) << "who has the secret still asks";
}

TEST_P(SignedTokens, WithoutAClientThereIsNoIntrospection) {
  testing::TestApp app({.database = GetParam()});
  auto stranger = app.browser();
  EXPECT_EQ(stranger.post("/api/auth/introspect", {{"token", "x"}}).status(), 404);
}

TEST_P(SignedTokens, CarryWhatTheApplicationAdds) {
  testing::TestApp app(with("EdDSA", GetParam(), [](AuthOptions& options) {
    options.tokens.claims = Json{{"plan", "free"}, {"https://notes.example/v", 2}};
    options.tokens.claims_of = [](const User& user) -> Json { return {{"mail", user.email}, {"plan", "gold"}}; };
    options.tokens.acr = "urn:one";
    options.tokens.audience = {"https://a.example", "https://b.example"};
  }));
  auto program = app.browser();
  const auto token = token_of(program);
  const auto payload = payload_of(token);
  EXPECT_EQ(payload.find("plan")->as_text(), "gold") << "those of the account go before the configured ones";
  EXPECT_EQ(payload.find("mail")->as_text(), ann);
  EXPECT_EQ(payload.find("acr")->as_text(), "urn:one");
  EXPECT_EQ(payload.find("aud")->text(), R"(["https://a.example","https://b.example"])");
  program.bearer(token);
  EXPECT_EQ(program.json("GET", "/me").status(), 200);
  const auto authorization = "Bearer " + token;
  const auto claims = app.auth().token_claims({.authorization = authorization});
  ASSERT_TRUE(claims) << claims.error().reason;
  EXPECT_EQ(claims->find("plan")->as_text(), "gold");
  EXPECT_EQ(claims->find("https://notes.example/v")->as_integer(), 2);
  EXPECT_FALSE(claims->find("sub"));
  EXPECT_EQ(app.auth().token_claims({})->text(), "{}");
  const auto bent = authorization + "A";
  EXPECT_EQ(app.auth().token_claims({.authorization = bent}).error().code, ErrorCode::authentication_failed);
}

TEST_P(SignedTokens, OfTheApplicationsOwnAreOfOnePurposeAndEndWithTheAccountsSessions) {  // TOK-05
  for (const std::string algorithm : {"HS256", "ES256"}) {
    SCOPED_TRACE(algorithm);
    testing::TestApp app(with(algorithm, GetParam()));
    auto program = app.browser();
    const auto bearer = token_of(program);
    auto& auth = app.auth();
    const auto id = (*app.find_user(ann))->id;
    const auto token = auth.issue(id, {.purpose = "invitation", .claims = Json{{"team", 7}}});
    ASSERT_TRUE(token) << token.error().reason;
    const auto read = auth.check(*token, "invitation");
    ASSERT_TRUE(read) << read.error().reason;
    EXPECT_EQ(read->claims.id(), id);
    EXPECT_EQ(read->extra.text(), R"({"team":7})");
    // No session, no bearer token, and of no other purpose.
    EXPECT_EQ(auth.check(*token, "other").error().code, ErrorCode::authentication_failed);
    EXPECT_EQ(auth.check(bearer, "invitation").error().code, ErrorCode::authentication_failed);
    EXPECT_EQ(auth.check(bearer, "user").error().code, ErrorCode::invalid_input);
    program.bearer(*token);
    EXPECT_EQ(program.json("GET", "/me").status(), 401);
    EXPECT_EQ(introspect(app.browser(), *token).text(), R"({"active":false})");
    EXPECT_EQ(auth.check(*token, "invitation", {.tenant = "north"}).error().code, ErrorCode::authentication_failed);
    // One ends, then all.
    const auto other = auth.issue(id, {.purpose = "invitation"});
    ASSERT_TRUE(auth.revoke(*other));
    EXPECT_EQ(auth.check(*other, "invitation").error().code, ErrorCode::authentication_failed);
    EXPECT_TRUE(auth.check(*token, "invitation"));
    ASSERT_TRUE(auth.revoke(payload_of(*token).find("jti")->as_text().value()));
    EXPECT_FALSE(auth.check(*token, "invitation")) << "by its jti";
    const auto third = auth.issue(id, {.purpose = "invitation", .lifetime = 1min});
    ASSERT_TRUE(auth.revoke_all(id));
    EXPECT_FALSE(auth.check(*third, "invitation"));
    const auto fourth = auth.issue(id, {.purpose = "invitation", .lifetime = 1min});
    EXPECT_TRUE(auth.check(*fourth, "invitation"));
    app.clock().advance(1min);
    EXPECT_FALSE(auth.check(*fourth, "invitation"));
  }
}

TEST_P(SignedTokens, OfTheApplicationsOwnAreBounded) {
  testing::TestApp app(with("HS256", GetParam()));
  auto program = app.browser();
  token_of(program);
  auto& auth = app.auth();
  const auto id = (*app.find_user(ann))->id;
  for (const std::string_view purpose : {"", "user", "session", "jwt", "With Capitals", "a-b", "0x", "a\"b"})
    EXPECT_EQ(auth.issue(id, {.purpose = std::string(purpose)}).error().code, ErrorCode::invalid_input) << purpose;
  EXPECT_FALSE(auth.issue(id, {.purpose = std::string(32, 'a')}));
  EXPECT_FALSE(auth.issue(id, {.purpose = "a", .lifetime = 0s}));
  EXPECT_FALSE(auth.issue(id, {.purpose = "a", .lifetime = std::chrono::days(61)}));
  EXPECT_EQ(auth.issue(id, {.purpose = "a", .claims = Json{{"sub", "x"}}}).error().code, ErrorCode::invalid_input);
  ASSERT_TRUE(auth.disable(id));
  EXPECT_EQ(auth.issue(id, {.purpose = "a"}).error().code, ErrorCode::forbidden);
}

TEST(TokenOptions, AreCheckedBeforeTheStart) {
  const auto refused = [](const std::function<void(TokenOptions&)>& change) {
    try {
      testing::TestApp app({.adjust = [&](AuthOptions& options) { change(options.tokens); }});
      return std::string();
    } catch (const ConfigError& error) {
      return error.problems().front();
    }
  };
  using ::testing::StartsWith;
  EXPECT_EQ(refused([](auto&) {}), "");
  EXPECT_THAT(refused([](auto& o) { o.algorithm = "none"; }), StartsWith("tokens.algorithm: \"none\""));
  EXPECT_THAT(refused([](auto& o) { o.algorithm = "Ed25519"; }), StartsWith("tokens.algorithm: "));
  EXPECT_THAT(refused([](auto& o) { o.accept = {"hs256"}; }), StartsWith("tokens.accept: "));
  EXPECT_THAT(refused([](auto& o) { o.rsa_bits = 2048; }), StartsWith("tokens.rsa_bits: "));
  EXPECT_THAT(refused([](auto& o) { o.leeway = std::chrono::hours(1); }), StartsWith("tokens.leeway: "));
  EXPECT_THAT(refused([](auto& o) { o.rotate_every = std::chrono::hours(1); }), StartsWith("tokens.rotate_every: "));
  EXPECT_THAT(refused([](auto& o) { o.publish_before = std::chrono::minutes(1); }),
              StartsWith("tokens.publish_before: "));
  EXPECT_THAT(refused([](auto& o) { o.audience = {"with space"}; }), StartsWith("tokens.audience: "));
  EXPECT_THAT(refused([](auto& o) { o.acr = "\""; }), StartsWith("tokens.acr: "));
  EXPECT_THAT(refused([](auto& o) { o.claims = Json{{"sub", 1}}; }), StartsWith("tokens.claims: \"sub\" is reserved"));
  EXPECT_THAT(refused([](auto& o) {
                o.introspection.emplace(IntrospectionClient{.id = "a", .secrets = Secret::from_text("short")});
              }),
              StartsWith("tokens.introspection: "));
}

}  // namespace
}  // namespace rowan::flows
