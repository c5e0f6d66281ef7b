#include <gtest/gtest.h>

#include <functional>
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>

namespace rowan::crypto::jose {
namespace {

using namespace for_tests;
using namespace std::chrono_literals;

constexpr std::int64_t noon = 1'800'000'000;

class IdTokens : public ::testing::Test {
 protected:
  ExpectedIdToken expected{.issuer = "https://idp.example",
                           .audiences = {"client"},
                           .allowed = {Algorithm::es256},
                           .now = Timestamp(std::chrono::seconds(noon)),
                           .nonce = "n-1"};
  const SigningKey& key = key_of("P-256");
  KeySet keys = KeySet::parse(set_of({key.public_jwk("k", Algorithm::es256)})).value();

  using Fields = std::vector<std::pair<std::string, Json>>;
  Fields fields{{"iss", "https://idp.example"},
                {"aud", "client"},
                {"sub", "anna"},
                {"iat", noon},
                {"exp", noon + 300},
                {"nonce", "n-1"}};

  /// The usual claims with one replaced; without it when `value` is nullopt.
  std::string claims(const std::string& name, std::optional<Json> value) const {
    auto changed = fields;
    std::erase_if(changed, [&](const auto& field) { return field.first == name; });
    if (value) changed.emplace_back(name, *value);
    return Json::object(changed).text();
  }
  std::string sign(std::string_view payload, const std::string& type = "JWT") const {
    return sign_jws(key, {.algorithm = Algorithm::es256, .key_id = "k", .type = type}, payload).value();
  }
  Result<IdToken> verify(std::string_view token) const { return verify_id_token(token, keys, expected); }
  /// The reason, "" when it is believed.
  std::string why(std::string_view token) const {
    const auto result = verify(token);
    if (result) return "";
    EXPECT_EQ(result.error().code, ErrorCode::authentication_failed);
    return result.error().reason;
  }
  std::string why_with(const std::string& name, std::optional<Json> value) const {
    return why(sign(claims(name, value)));
  }
};

TEST_F(IdTokens, AreBelievedWhenEverythingFits) {
  const auto token = verify(sign(claims("email", "anna@example.org")));
  ASSERT_TRUE(token) << token.error().reason;
  EXPECT_EQ(token->subject, "anna");
  EXPECT_EQ(token->audience, "client");
  EXPECT_EQ(to_seconds(token->issued_at), noon);
  EXPECT_EQ(to_seconds(token->expires_at), noon + 300);
  EXPECT_FALSE(token->authenticated_at);
  EXPECT_EQ(token->claims.find("email")->as_text(), "anna@example.org");
}

// IDP-02
TEST_F(IdTokens, NeedASignatureByTheIssuersKeyWithAnAllowedAlgorithm) {
  const auto payload = claims("x", 1);
  EXPECT_EQ(why(sign_jws(key_of("P-384"), {.algorithm = Algorithm::es384, .key_id = "k"}, payload).value()),
            "jws: ES384 is not allowed here");
  EXPECT_EQ(why(sign_jws(key, {.algorithm = Algorithm::es256, .key_id = "other"}, payload).value()),
            "jwks: no key has the token's kid");
  auto changed = sign(payload);
  changed[changed.size() - 10] = changed[changed.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(why(changed), "jws: the signature is wrong");
  const auto stranger = SigningKey::from_pem(Secret::from_text(new_pem("P-256"))).value();
  EXPECT_EQ(why(sign_jws(stranger, {.algorithm = Algorithm::es256, .key_id = "k"}, payload).value()),
            "jws: the signature is wrong");
  expected.allowed = {};
  EXPECT_EQ(why(sign(payload)), "jws: ES256 is not allowed here");
}

TEST_F(IdTokens, AreNoOtherKindOfToken) {
  for (const char* type : {"JWT", "jwt", "application/jwt", ""}) EXPECT_EQ(why(sign(claims("x", 1), type)), "") << type;
  for (const char* type : {"at+jwt", "logout+jwt", "secevent+jwt", "JOSE"})
    EXPECT_EQ(why(sign(claims("x", 1), type)), "id token: its typ is of another kind of token") << type;
}

TEST_F(IdTokens, ComeFromTheIssuerExactly) {
  for (const Json& value : {Json("https://idp.example/"), Json("https://IDP.example"), Json("http://idp.example"),
                            Json(""), Json(nullptr), Json::array({"https://idp.example"})})
    EXPECT_EQ(why_with("iss", value), "id token: its issuer is not https://idp.example");
  EXPECT_EQ(why_with("iss", std::nullopt), "id token: its issuer is not https://idp.example");
  expected.issuer = "";
  EXPECT_NE(why_with("iss", ""), "");
}

// IDP-09
TEST_F(IdTokens, AreForUs) {
  EXPECT_EQ(why_with("aud", Json::array({"client"})), "");
  for (const Json& value : {Json("other"), Json("Client"), Json(""), Json::array({"other"}), Json::array({""})})
    EXPECT_EQ(why_with("aud", value), "id token: its audience is not ours") << value.text();
  for (const Json& value : {Json(nullptr), Json(7), Json::array({}), Json::array({"client", 7}),
                            Json(std::vector<Json>(33, "client")), Json{{"client", "client"}}})
    EXPECT_EQ(why_with("aud", value), "id token: no audience, or more than can be") << value.text();
  EXPECT_NE(why_with("aud", std::nullopt), "");
  expected.audiences = {"web", "client"};
  EXPECT_EQ(why_with("aud", "client"), "");
  expected.audiences = {};
  EXPECT_NE(why_with("aud", "client"), "");
  expected.audiences = {""};
  EXPECT_NE(why_with("aud", ""), "");
}

// IDP-09
TEST_F(IdTokens, SayWhoAskedWhenTheyAreForSeveral) {
  EXPECT_EQ(why_with("aud", Json::array({"client", "other"})), "id token: several audiences and no azp");
  fields.emplace_back("azp", "client");
  EXPECT_EQ(why_with("aud", Json::array({"client", "other"})), "");
  EXPECT_EQ(why_with("azp", "other"), "id token: its azp is not ours");
  EXPECT_EQ(why_with("azp", nullptr), "id token: its azp is not ours");
  expected.authorized_parties = {"android"};
  EXPECT_EQ(why_with("azp", "client"), "id token: its azp is not ours");
  EXPECT_EQ(why_with("azp", "android"), "");
}

// IDP-09
TEST_F(IdTokens, ExpireToTheSecond) {
  EXPECT_EQ(why_with("exp", noon - 59), "");
  EXPECT_EQ(why_with("exp", noon - 60), "id token: it expired 60 s ago");
  EXPECT_EQ(why_with("exp", std::nullopt), "id token: no exp that is a time");
  for (const Json& value :
       {Json("1900000000"), Json(-1), Json(1e18), Json(std::uint64_t{1} << 63), Json(nullptr), Json(true)})
    EXPECT_EQ(why_with("exp", value), "id token: no exp that is a time") << value.text();
  EXPECT_EQ(why_with("exp", noon + 0.5), "");
  expected.leeway = 0s;
  EXPECT_EQ(why_with("exp", noon + 1), "");
  EXPECT_EQ(why_with("exp", noon), "id token: it expired 0 s ago");
}

// IDP-09
TEST_F(IdTokens, AreNeitherFromTheFutureNorOld) {
  EXPECT_EQ(why_with("iat", noon + 60), "");
  EXPECT_EQ(why_with("iat", noon + 61), "id token: it was issued 61 s from now: the clocks differ");
  EXPECT_EQ(why_with("iat", noon - 86460), "");
  EXPECT_EQ(why_with("iat", noon - 86461), "id token: it was issued 86461 s ago");
  EXPECT_EQ(why_with("iat", std::nullopt), "id token: no iat that is a time");
  EXPECT_EQ(why_with("nbf", noon + 60), "");
  EXPECT_EQ(why_with("nbf", noon + 61), "id token: it is valid only 61 s from now");
  EXPECT_EQ(why_with("nbf", "soon"), "id token: an nbf that is no time");
}

// IDP-07
TEST_F(IdTokens, AnswerTheRequestThatWasSent) {
  EXPECT_EQ(why_with("nonce", std::nullopt), "id token: no nonce");
  for (const Json& value : {Json("n-2"), Json("n-1 "), Json(""), Json(nullptr), Json::array({"n-1"})})
    EXPECT_EQ(why_with("nonce", value), "id token: another nonce than the one that was sent");
  expected.nonce = std::nullopt;
  EXPECT_EQ(why_with("nonce", "n-1"), "id token: a nonce, but none was sent");
  EXPECT_EQ(why_with("nonce", std::nullopt), "");
  expected.nonce = "";
  EXPECT_NE(why_with("nonce", ""), "");
}

// OpenID Connect Core, A.3.
TEST_F(IdTokens, BelongToTheirAccessToken) {
  const std::string access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
  EXPECT_EQ(half_hash(Algorithm::rs256, access_token), "77QmUPtjPfzWtF2AnpK9RQ");
  EXPECT_EQ(half_hash(Algorithm::es512, access_token).size(), 43U);
  EXPECT_EQ(half_hash(Algorithm::eddsa, access_token), half_hash(Algorithm::rs512, access_token));
  EXPECT_EQ(why_with("at_hash", "x"), "");  // no access token came
  expected.access_token = access_token;
  EXPECT_EQ(why_with("at_hash", half_hash(Algorithm::es256, access_token)), "");
  EXPECT_EQ(why_with("at_hash", half_hash(Algorithm::es384, access_token)),
            "id token: its at_hash is not that of the access token");
  EXPECT_NE(why_with("at_hash", nullptr), "");
  EXPECT_NE(why_with("at_hash", ""), "");
  EXPECT_EQ(why_with("at_hash", std::nullopt), "");
  expected.at_hash_required = true;
  EXPECT_EQ(why_with("at_hash", std::nullopt), "id token: no at_hash");
}

TEST_F(IdTokens, SayWhenThePersonWasThereWhenAskedFor) {
  EXPECT_EQ(why_with("auth_time", "now"), "id token: an auth_time that is no time");
  expected.max_age = 300s;
  EXPECT_EQ(why_with("auth_time", std::nullopt), "id token: no auth_time, which was asked for");
  EXPECT_EQ(why_with("auth_time", noon - 360), "");
  EXPECT_EQ(why_with("auth_time", noon - 361), "id token: the person was there last 361 s ago");
  EXPECT_EQ(why_with("auth_time", noon + 61), "id token: its auth_time is yet to come");
  EXPECT_EQ(to_seconds(verify(sign(claims("auth_time", noon - 5)))->authenticated_at.value()), noon - 5);
}

TEST_F(IdTokens, HaveABoundedSubject) {
  EXPECT_EQ(why_with("sub", std::string(255, 's')), "");
  EXPECT_EQ(why_with("sub", std::string(256, 's')), "id token: a sub out of bounds");
  EXPECT_EQ(why_with("sub", "a\nb"), "id token: a sub out of bounds");
  for (const Json& value : {Json(""), Json(7), Json(nullptr)})
    EXPECT_EQ(why_with("sub", value), "id token: no sub that is a text");
  EXPECT_EQ(why_with("sub", std::nullopt), "id token: no sub that is a text");
}

TEST_F(IdTokens, HaveClaimsThatEveryReaderReadsAlike) {
  for (const std::string payload : {R"({"sub":"anna","sub":"bert"})", "[]", "\"x\"", "", "{} {}", "{\"a\":\"\xff\"}"})
    EXPECT_NE(why(sign(payload)), "") << payload;
  auto deep = std::string(20, '[') + std::string(20, ']');
  EXPECT_NE(why(sign("{\"a\":" + deep + "}")), "");
}

TEST_F(IdTokens, MayBeSignedWithTheClientsSecretWhereThatWasAgreedOn) {
  const HmacKey secret(Secret::from_text(std::string(32, 's')));
  const auto token = sign_jws(secret, {.algorithm = Algorithm::hs256}, claims("x", 1)).value();
  EXPECT_FALSE(verify_id_token(token, secret, expected));
  expected.allowed = {Algorithm::hs256};
  EXPECT_TRUE(verify_id_token(token, secret, expected));
  EXPECT_FALSE(verify_id_token(token, HmacKey(Secret::from_text(std::string(32, 't'))), expected));
  EXPECT_FALSE(verify_id_token(token, keys, expected));
}

}  // namespace
}  // namespace rowan::crypto::jose
