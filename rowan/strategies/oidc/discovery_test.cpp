#include <gtest/gtest.h>

#include <rowan/base/json.hpp>
#include <rowan/strategies/oidc/discovery.hpp>

namespace rowan::strategies::oidc {
namespace {

using crypto::jose::Algorithm;
using oauth2::ClientAuthentication;

constexpr auto realm_issuer = "https://idp.example/realms/a";

/// The usual document with a member replaced; without it when `value` is nullopt.
std::string realm_document(const std::string& name = "x", std::optional<Json> value = std::nullopt) {
  std::vector<std::pair<std::string, Json>> fields{{"issuer", realm_issuer},
                                                   {"authorization_endpoint", "https://idp.example/authorize"},
                                                   {"token_endpoint", "https://idp.example/token"},
                                                   {"userinfo_endpoint", "https://idp.example/user"},
                                                   {"jwks_uri", "https://idp.example/keys"}};
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  if (value) fields.emplace_back(name, *value);
  return Json::object(fields).text();
}

std::string why(const std::string& json, std::string_view of = realm_issuer) {
  const auto found = read_discovery(json, of);
  return found ? "" : found.error().reason;
}

TEST(Discovery, SaysWhereAProviderIs) {
  const auto found = read_discovery(realm_document(), realm_issuer);
  ASSERT_TRUE(found) << found.error().reason;
  EXPECT_EQ(found->authorize_url, "https://idp.example/authorize");
  EXPECT_EQ(found->token_url, "https://idp.example/token");
  EXPECT_EQ(found->user_url, "https://idp.example/user");
  EXPECT_EQ(found->keys_url, "https://idp.example/keys");
  EXPECT_EQ(found->pushed_url, "");
  EXPECT_FALSE(found->announces_issuer);
  EXPECT_TRUE(found->takes_s256);
  EXPECT_EQ(discovery_url(realm_issuer), "https://idp.example/realms/a/.well-known/openid-configuration");
  EXPECT_EQ(discovery_url("https://idp.example/"), "https://idp.example/.well-known/openid-configuration");
}

TEST(Discovery, IsOfTheIssuerExactly) {  // IDP-08
  for (const Json& other : {Json("https://idp.example/realms/a/"), Json("https://IDP.example/realms/a"),
                            Json("https://idp.example:443/realms/a"), Json("http://idp.example/realms/a"),
                            Json("https://idp.example/realms/b"), Json(""), Json(nullptr), Json::array({realm_issuer})})
    EXPECT_EQ(why(realm_document("issuer", other)), "discovery: it is of another issuer") << other.text();
  EXPECT_EQ(why(realm_document("issuer")), "discovery: it is of another issuer");
  EXPECT_NE(why(realm_document("issuer", ""), ""), "");
}

TEST(Discovery, NamesOnlyAddressesThatMayBeCalled) {
  for (const char* name : {"authorization_endpoint", "token_endpoint", "jwks_uri"})
    EXPECT_EQ(why(realm_document(name)), std::string("discovery: no ") + name);
  for (const char* name : {"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint",
                           "pushed_authorization_request_endpoint", "end_session_endpoint"}) {
    for (const char* url : {"http://idp.example/x", "http://localhost/x", "javascript:alert(1)", "/relative", ""})
      EXPECT_EQ(why(realm_document(name, url)), std::string("discovery: ") + name + " is no address with https://")
          << url;
    EXPECT_EQ(why(realm_document(name, 7)), std::string("discovery: no ") + name);
  }
  // A provider on this machine, for development.
  const std::string local =
      R"({"issuer":"http://localhost:8080","authorization_endpoint":"http://localhost:8080/a","token_endpoint":)"
      R"("http://127.0.0.1:8080/t","jwks_uri":"http://localhost:8080/k"})";
  EXPECT_EQ(why(local, "http://localhost:8080"), "");
}

TEST(Discovery, SaysWhatTheProviderCanDo) {
  const auto found = [](const std::string& name, Json value) {
    return read_discovery(realm_document(name, std::move(value)), realm_issuer).value();
  };
  EXPECT_TRUE(found("authorization_response_iss_parameter_supported", true).announces_issuer);
  EXPECT_FALSE(found("authorization_response_iss_parameter_supported", "true").announces_issuer);
  EXPECT_TRUE(found("code_challenge_methods_supported", Json::array({"plain", "S256"})).takes_s256);
  EXPECT_FALSE(found("code_challenge_methods_supported", Json::array({"plain"})).takes_s256);
  constexpr auto methods = "token_endpoint_auth_methods_supported";
  EXPECT_EQ(found("x", 1).authentications, std::vector{ClientAuthentication::client_secret_basic});
  EXPECT_EQ(found(methods, Json::array({"private_key_jwt", "tls_client_auth", "client_secret_post"})).authentications,
            (std::vector{ClientAuthentication::client_secret_post, ClientAuthentication::private_key_jwt}));
  constexpr auto algorithms = "id_token_signing_alg_values_supported";
  EXPECT_TRUE(found("x", 1).algorithms.allows(Algorithm::rs256));
  EXPECT_FALSE(found("x", 1).algorithms.allows(Algorithm::es256));
  const auto some = found(algorithms, Json::array({"ES256", "none", "HS256", 7})).algorithms;
  EXPECT_TRUE(some.allows(Algorithm::es256));
  EXPECT_FALSE(some.allows(Algorithm::rs256));
  EXPECT_FALSE(some.allows(Algorithm::hs256));
}

TEST(Discovery, IsBoundedAndStrict) {
  for (const std::string json : {"", "[]", "{}", "<html>", R"({"issuer":"a","issuer":"b"})"})
    EXPECT_NE(why(json), "") << json;
  EXPECT_NE(why(realm_document("x", std::string(most_discovery_bytes, 'x'))), "");
}

}  // namespace
}  // namespace rowan::strategies::oidc
