#include <gtest/gtest.h>

#include <rowan/crypto/jose/examples_for_tests.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>

namespace rowan::crypto::jose {
namespace {

using namespace for_tests;

/// `json` with a member replaced or added; without it when `value` is nullopt.
Json with(const Json& json, const std::string& name, std::optional<Json> value) {
  auto fields = json.fields();
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  if (value) fields.emplace_back(name, *value);
  return Json::object(fields);
}

Json example(std::size_t i) { return Json::parse(examples[i].jwk).value(); }
bool parses(const Json& jwk) { return Jwk::parse(jwk).has_value(); }

Json rsa(std::size_t bytes, std::vector<std::uint8_t> exponent = {1, 0, 1}) {
  std::vector<std::byte> modulus(bytes, std::byte{0xC7});
  std::vector<std::byte> e;
  for (const auto byte : exponent) e.push_back(std::byte{byte});
  return {{"kty", "RSA"}, {"n", to_base64url(modulus)}, {"e", to_base64url(e)}};
}

Jws token_for(Algorithm algorithm, const std::string& key_id) {
  return Jws::parse(sign_jws(key_for(algorithm), {.algorithm = algorithm, .key_id = key_id}, "{}").value()).value();
}

TEST(Jwk, ReadsTheKeysOfTheStandards) {
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto key = Jwk::parse(example(i));
    ASSERT_TRUE(key) << examples[i].where << key.error().reason;
    for (const auto algorithm : all_with_public_keys) {
      const bool both_rsa =
          name_of(algorithm)[1] == 'S' && name_of(algorithm)[0] != 'E' && example(i).find("kty")->as_text() == "RSA";
      EXPECT_EQ(key->suits(algorithm), algorithm == examples[i].algorithm || both_rsa);
    }
    EXPECT_FALSE(key->suits(Algorithm::hs256));
  }
}

TEST(Jwk, RefusesPointsThatAreNotOnTheirCurve) {
  const auto p256 = example(1), ed25519 = example(2), p521 = example(5);
  EXPECT_FALSE(parses(with(p256, "y", p256.find("x"))));
  EXPECT_FALSE(parses(with(p256, "crv", "P-384")));
  EXPECT_FALSE(parses(with(p256, "crv", "secp256k1")));
  EXPECT_FALSE(parses(with(p256, "crv", "Ed25519")));
  EXPECT_FALSE(parses(with(p256, "kty", "OKP")));
  EXPECT_FALSE(parses(with(p256, "y", std::nullopt)));
  const std::string x(p256.find("x")->as_text().value());
  for (const auto& spelling : {"AA" + x, x.substr(1), x + "=", x + "A", std::string(), " " + x})
    EXPECT_FALSE(parses(with(p256, "x", Json(spelling)))) << spelling;
  EXPECT_FALSE(parses(with(p521, "x", p256.find("x"))));  // no leading zeros: as long as the curve
  EXPECT_FALSE(parses(with(ed25519, "crv", "X25519")));
  EXPECT_FALSE(parses(with(ed25519, "crv", "Ed448")));
  EXPECT_FALSE(parses(with(ed25519, "x", Json(std::string(43, 'A')))));  // of small order
  EXPECT_FALSE(parses(with(ed25519, "x", Json("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"))));
}

TEST(Jwk, BoundsRsa) {
  EXPECT_TRUE(parses(rsa(256)));
  EXPECT_TRUE(parses(rsa(1024)));
  EXPECT_FALSE(parses(rsa(255)));
  EXPECT_FALSE(parses(rsa(1025)));
  EXPECT_FALSE(parses(rsa(128)));
  EXPECT_TRUE(parses(rsa(256, {3})));
  for (const auto& exponent :
       std::vector<std::vector<std::uint8_t>>{{}, {0}, {1}, {2}, {1, 0, 0}, {0, 1, 0, 1}, {1, 0, 0, 0, 1}, {0, 0, 3}})
    EXPECT_FALSE(parses(rsa(256, exponent)));
  const auto good = example(0);
  const std::string n(good.find("n")->as_text().value());
  EXPECT_FALSE(parses(with(good, "n", Json("AA" + n))));
  EXPECT_FALSE(parses(with(good, "n", Json(n.substr(0, n.size() - 1) + "A"))));  // even
  EXPECT_FALSE(parses(with(good, "n", Json(7))));
  EXPECT_FALSE(parses(with(good, "e", Json(65537))));
}

// Wycheproof's key of the kind: of 2048 bits, and nothing else is wrong with it.
TEST(Jwk, RefusesAnRsaKeyThatCanBeBroken) {
  const auto key =
      Jwk::parse({{"kty", "RSA"},
                  {"e", "AQAB"},
                  {"n",
                   "AanFpofbj7KjD4Lf-N2hVMKR7yewSyXhhbirIMTGpfYEhZ_lnt5UoK98DnKIgArXGTu3MaW_HhFw16HGaTDUHqPrId"
                   "7fe4r11CqRw09yBFuW79V8sYIwHdzCaWflUI6auImYbVfoN9_nD5n8N8SY9DwXw7mwZM9wREPXoDPgOoIWl6q_MPsp"
                   "7n0zs3Z5ZaiQWOOzl1S9OhwAfSiiOwz6efnXEaxuTEtPd7BjSx7NaFka8Dx9U7YqXy2RFj1O9PjyaDGuRh7YXsX3iM"
                   "USP_wSyHQg_c_qHRtKUsNSGCT7OZg0hzm2KphtjnayKJvC64vAbROBR4Ubg6Bxg9IQVZ-QYyE"}});
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().reason, "jwk: an RSA key that can be broken (CVE-2017-15361)");
}

TEST(Jwk, ObeysWhatTheKeySaysItIsFor) {
  const auto key = example(1);
  const auto operations = [&](Json list) { return with(key, "key_ops", std::move(list)); };
  EXPECT_TRUE(parses(with(key, "use", "sig")));
  EXPECT_FALSE(parses(with(key, "use", "enc")));
  EXPECT_FALSE(parses(with(key, "use", nullptr)));
  EXPECT_FALSE(parses(with(key, "use", Json::array({"sig"}))));
  EXPECT_TRUE(parses(operations(Json::array({"verify"}))));
  EXPECT_TRUE(parses(operations(Json::array({"sign", "verify"}))));
  EXPECT_FALSE(parses(operations(Json::array({"sign"}))));
  EXPECT_FALSE(parses(operations(Json::array({}))));
  EXPECT_FALSE(parses(operations(Json::array({"verify", "verify"}))));
  EXPECT_FALSE(parses(operations("verify")));
  EXPECT_TRUE(parses(with(key, "alg", "ES256")));
  for (const char* name : {"ES384", "RS256", "HS256", "ECDH-ES", "none", ""})
    EXPECT_FALSE(parses(with(key, "alg", name))) << name;
  const auto only_pss = Jwk::parse(with(example(0), "alg", "PS256")).value();
  EXPECT_TRUE(only_pss.suits(Algorithm::ps256));
  EXPECT_FALSE(only_pss.suits(Algorithm::rs256));
  EXPECT_FALSE(only_pss.verify(Algorithm::rs256, {}, {}));
}

TEST(Jwk, RefusesSecretsAndStrangeKids) {
  const auto key = example(1);
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    EXPECT_FALSE(parses(with(key, name, "AQAB"))) << name;
    EXPECT_FALSE(parses(with(key, name, nullptr))) << name;
  }
  EXPECT_FALSE(parses({{"kty", "oct"}, {"k", std::string(43, 'A')}}));
  EXPECT_FALSE(parses({{"kty", "oct"}}));
  EXPECT_EQ(Jwk::parse(with(key, "kid", "a")).value().key_id(), "a");
  EXPECT_FALSE(parses(with(key, "kid", "")));
  EXPECT_FALSE(parses(with(key, "kid", 7)));
  EXPECT_FALSE(parses(with(key, "kid", Json(std::string(most_key_id_bytes + 1, 'k')))));
  EXPECT_FALSE(parses(Json::array({})));
  EXPECT_FALSE(parses({}));
}

// RFC 7517, A.1 and A.2: its public keys, of which one is for encryption, and its private ones.
TEST(KeySet, ReadsTheExampleOfTheStandard) {
  const Json ec{{"kty", "EC"},
                {"crv", "P-256"},
                {"x", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"},
                {"y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
                {"use", "enc"},
                {"kid", "1"}};
  const Json rsa{{"kty", "RSA"},
                 {"e", "AQAB"},
                 {"alg", "RS256"},
                 {"kid", "2011-04-29"},
                 {"n",
                  "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJE"
                  "CPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Q"
                  "vzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6"
                  "WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}};
  const auto set = KeySet::parse(set_of({ec, rsa})).value();
  ASSERT_EQ(set.keys().size(), 1U);
  EXPECT_EQ(set.keys().front().key_id(), "2011-04-29");
  EXPECT_EQ(set.left_out(), std::vector<std::string>{"key 1: jwk: not for signatures"});
  EXPECT_FALSE(KeySet::parse(set_of({with(ec, "d", "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"), rsa})));
}

TEST(KeySet, FindsTheKeyThatATokenNames) {
  const auto first = key_of("P-256").public_jwk("a", Algorithm::es256),
             second = key_of("RSA2048").public_jwk("b", Algorithm::rs256);
  const auto set = KeySet::parse(set_of({first, second})).value();
  EXPECT_EQ(set.find(token_for(Algorithm::es256, "a")).value()->key_id(), "a");
  EXPECT_EQ(set.find(token_for(Algorithm::rs256, "b")).value()->key_id(), "b");
  EXPECT_FALSE(set.find(token_for(Algorithm::es256, "b")));  // of another type
  EXPECT_FALSE(set.find(token_for(Algorithm::ps256, "b")));  // the key says RS256
  EXPECT_FALSE(set.find(token_for(Algorithm::es256, "c")));
  EXPECT_TRUE(set.knows_key_of(token_for(Algorithm::es256, "b")));
  EXPECT_FALSE(set.knows_key_of(token_for(Algorithm::es256, "c")));
}

TEST(KeySet, TakesATokenWithoutKidWhenOneKeySuits) {
  const auto ec = key_of("P-256").public_jwk("a", Algorithm::es256),
             rsa = key_of("RSA2048").public_jwk("b", Algorithm::rs256);
  EXPECT_TRUE(KeySet::parse(set_of({ec, rsa})).value().find(token_for(Algorithm::es256, "")));
  const auto other = with(example(1), "kid", "c");
  EXPECT_FALSE(KeySet::parse(set_of({ec, other})).value().find(token_for(Algorithm::es256, "")));
}

TEST(KeySet, RefusesAKidThatNamesTwoKeys) {
  const auto ec = key_of("P-256").public_jwk("a", Algorithm::es256);
  const auto other = with(example(1), "kid", "a");
  EXPECT_FALSE(KeySet::parse(set_of({ec, other})).value().find(token_for(Algorithm::es256, "a")));
  // The same key twice is one, and keys of other types are no choice (RFC 7517 section 4.5).
  EXPECT_TRUE(KeySet::parse(set_of({ec, ec})).value().find(token_for(Algorithm::es256, "a")));
  EXPECT_TRUE(KeySet::parse(set_of({ec, with(example(0), "kid", "a")})).value().find(token_for(Algorithm::es256, "a")));
}

TEST(KeySet, LeavesOutWhatIsNotUsedHere) {
  const auto ec = key_of("P-256").public_jwk("a", Algorithm::es256);
  const auto set = KeySet::parse(set_of({{{"kty", "AKP"}, {"alg", "ML-DSA-44"}, {"pub", "AAAA"}},
                                         with(ec, "crv", "secp256k1"),
                                         with(ec, "use", "enc"),
                                         rsa(128),
                                         "text",
                                         ec}))
                       .value();
  ASSERT_EQ(set.keys().size(), 1U);
  EXPECT_EQ(set.keys().front().key_id(), "a");
  ASSERT_EQ(set.left_out().size(), 5U);
  EXPECT_EQ(set.left_out()[2], "key 3: jwk: not for signatures");
  EXPECT_EQ(KeySet::parse(R"({"keys":[]})").value().keys().size(), 0U);
}

TEST(KeySet, RefusesASetThatPublishesASecret) {
  const auto ec = key_of("P-256").public_jwk("a", Algorithm::es256);
  EXPECT_FALSE(KeySet::parse(set_of({ec, with(ec, "d", "AAAA")})));
  EXPECT_FALSE(KeySet::parse(set_of({ec, {{"kty", "oct"}, {"k", "AAAA"}}})));
  EXPECT_FALSE(KeySet::parse(set_of({ec, {{"kty", "strange"}, {"k", "AAAA"}}})));
}

TEST(KeySet, IsBoundedAndStrict) {
  const auto ec = key_of("P-256").public_jwk("a", Algorithm::es256);
  EXPECT_TRUE(KeySet::parse(set_of(std::vector<Json>(most_keys_of_a_set, ec))));
  EXPECT_FALSE(KeySet::parse(set_of(std::vector<Json>(most_keys_of_a_set + 1, ec))));
  for (const char* text :
       {"", "[]", "{}", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[],"keys":[]})",
        R"({"keys":[{"kty":"EC","kty":"RSA"}]})", R"({"keys":[]}x)", R"({"keys":[[[[[[[[[[]]]]]]]]]]})"})
    EXPECT_FALSE(KeySet::parse(text)) << text;
  EXPECT_FALSE(KeySet::parse(R"({"keys":[],"x":")" + std::string(most_key_set_bytes, 'x') + "\"}"));
}

}  // namespace
}  // namespace rowan::crypto::jose
