#include <gtest/gtest.h>

#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>
#include <rowan/crypto/jose/logout_token.hpp>

namespace rowan::crypto::jose {
namespace {

using namespace for_tests;

constexpr std::int64_t midnight = 1'800'000'000;

class LogoutTokens : public ::testing::Test {
 protected:
  ExpectedLogoutToken expected{.issuer = "https://idp.example",
                               .audiences = {"client", "app"},
                               .allowed = {Algorithm::es256},
                               .now = Timestamp(std::chrono::seconds(midnight))};
  const SigningKey& key = key_of("P-256");
  KeySet keys = KeySet::parse(set_of({key.public_jwk("k", Algorithm::es256)})).value();

  using Fields = std::vector<std::pair<std::string, Json>>;
  Fields fields{{"iss", "https://idp.example"},
                {"aud", "client"},
                {"sub", "anna"},
                {"sid", "s-1"},
                {"jti", "j-1"},
                {"iat", midnight},
                {"exp", midnight + 120},
                {"events", Json{{"http://schemas.openid.net/event/backchannel-logout", Json({})}}}};

  std::string claims(const std::string& name, std::optional<Json> value) const {
    auto changed = fields;
    std::erase_if(changed, [&](const auto& field) { return field.first == name; });
    if (value) changed.emplace_back(name, *value);
    return Json::object(changed).text();
  }
  std::string sign(std::string_view payload, const std::string& type = "logout+jwt") const {
    return sign_jws(key, {.algorithm = Algorithm::es256, .key_id = "k", .type = type}, payload).value();
  }
  /// The reason, "" when it is believed.
  std::string why(std::string_view token) const {
    const auto result = verify_logout_token(token, keys, expected);
    if (result) return "";
    EXPECT_EQ(result.error().code, ErrorCode::authentication_failed);
    return result.error().reason;
  }
  std::string why_with(const std::string& name, std::optional<Json> value) const {
    return why(sign(claims(name, value)));
  }
};

TEST_F(LogoutTokens, AreBelievedWhenEverythingFits) {
  const auto token = verify_logout_token(sign(claims("x", 1)), keys, expected);
  ASSERT_TRUE(token) << token.error().reason;
  EXPECT_EQ(token->subject, "anna");
  EXPECT_EQ(token->session, "s-1");
  EXPECT_EQ(token->id, "j-1");
  EXPECT_EQ(to_seconds(token->issued_at), midnight);
  EXPECT_EQ(why_with("sid", std::nullopt), "");
  EXPECT_EQ(why_with("sub", std::nullopt), "");
  EXPECT_EQ(why_with("aud", std::vector<std::string>{"another", "app"}), "");
}

// IDP-10, TOK-05
TEST_F(LogoutTokens, AreNoOtherKindOfToken) {
  for (const auto* type : {"JWT", "", "at+jwt", "logout"})
    EXPECT_EQ(why(sign(claims("x", 1), type)), "logout token: its typ is not logout+jwt") << type;
  EXPECT_EQ(why_with("nonce", "n"), "logout token: a nonce, which only an ID token has");
  for (const auto& events : {Json(nullptr), Json({}), Json{{"logout", Json({})}}, Json("backchannel-logout"),
                             Json{{"http://schemas.openid.net/event/backchannel-logout", "yes"}}})
    EXPECT_EQ(why_with("events", events), "logout token: its events have no logout") << events.text();
  EXPECT_EQ(why_with("events", std::nullopt), "logout token: its events have no logout");
  ExpectedIdToken as_id_token{
      .issuer = "https://idp.example", .audiences = {"client"}, .allowed = {Algorithm::es256}, .now = expected.now};
  EXPECT_FALSE(verify_id_token(sign(claims("x", 1)), keys, as_id_token)) << "nor is one an ID token";
}

TEST_F(LogoutTokens, NeedASignatureByTheIssuersKeyWithAnAllowedAlgorithm) {
  const auto stranger = SigningKey::from_pem(Secret::from_text(new_pem("P-256"))).value();
  const JwsHeader header{.algorithm = Algorithm::es256, .key_id = "k", .type = "logout+jwt"};
  EXPECT_EQ(why(sign_jws(stranger, header, claims("x", 1)).value()), "jws: the signature is wrong");
  expected.allowed = {};
  EXPECT_EQ(why(sign(claims("x", 1))), "jws: ES256 is not allowed here");
}

TEST_F(LogoutTokens, AreOfThisIssuerAndForThisClient) {
  EXPECT_EQ(why_with("iss", "https://idp.example/"), "logout token: its issuer is not https://idp.example");
  EXPECT_EQ(why_with("iss", std::nullopt), "logout token: its issuer is not https://idp.example");
  for (const auto& audience : {Json("another"), Json(""), Json(7), Json(std::vector<std::string>{})})
    EXPECT_EQ(why_with("aud", audience), "logout token: its audience is not ours") << audience.text();
}

TEST_F(LogoutTokens, AreOfNow) {
  EXPECT_EQ(why_with("exp", std::nullopt), "logout token: no exp that is a time");
  EXPECT_EQ(why_with("iat", "now"), "logout token: no iat that is a time");
  EXPECT_EQ(why_with("exp", midnight - 59), "");
  EXPECT_EQ(why_with("exp", midnight - 60), "logout token: it expired 60 s ago");
  EXPECT_EQ(why_with("iat", midnight + 60), "");
  EXPECT_EQ(why_with("iat", midnight + 61), "logout token: it was issued later than now: the clocks differ");
  EXPECT_EQ(why_with("iat", midnight - 3660), "");
  EXPECT_EQ(why_with("iat", midnight - 3661), "logout token: it was issued 3661 s ago");
}

TEST_F(LogoutTokens, SayWhoseSessionEndsAndHaveAnId) {
  EXPECT_EQ(why_with("jti", std::nullopt), "logout token: no jti");
  for (const auto* name : {"jti", "sub", "sid"}) {
    EXPECT_EQ(why_with(name, 7), std::string("logout token: ") + name + " is no text of 1 to 255 bytes");
    EXPECT_EQ(why_with(name, std::string(256, 'x')),
              std::string("logout token: ") + name + " is no text of 1 to 255 bytes");
    EXPECT_EQ(why_with(name, "a\nb"), std::string("logout token: ") + name + " is no text of 1 to 255 bytes");
  }
  std::erase_if(fields, [](const auto& field) { return field.first == "sub"; });
  EXPECT_EQ(why_with("sid", std::nullopt), "logout token: neither sub nor sid");
}

}  // namespace
}  // namespace rowan::crypto::jose
