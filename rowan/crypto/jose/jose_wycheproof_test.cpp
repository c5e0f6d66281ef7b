#include <rowan/crypto/jose/jws.hpp>
#include <rowan/crypto/wycheproof_for_tests.hpp>
#include <set>

namespace rowan::crypto::jose {
namespace {

using namespace crypto::for_tests;

Json json_of(const json::value& value) { return Json::parse(json::serialize(value)).value(); }

std::string token_of(const json::value& test) {
  const auto& jws = test.at("jws");
  return jws.is_string() ? std::string(jws.as_string()) : json::serialize(jws);
}

/// The secret of an "oct" key, as one who was told it would have it; only for the algorithm that the key names.
bool verifies_by_secret(const json::value& key, const Jws& token, Algorithms allowed) {
  const Json jwk = json_of(key);
  const auto only = algorithm_named(jwk.find("alg").value().as_text().value());
  return only == token.algorithm() &&
         VerifiedJws::verify(
             token, HmacKey(Secret::from_bytes(from_base64url(jwk.find("k").value().as_text().value()).value())),
             allowed)
             .has_value();
}

constexpr Algorithms every_algorithm{Algorithm::hs256, Algorithm::hs384, Algorithm::hs512, Algorithm::rs256,
                                     Algorithm::rs384, Algorithm::rs512, Algorithm::ps256, Algorithm::ps384,
                                     Algorithm::ps512, Algorithm::es256, Algorithm::es384, Algorithm::es512,
                                     Algorithm::eddsa};

/// By the one public key of a group or else its secret; by a set, where it has one.
bool is_taken(const json::object& group, const std::string& text) {
  const auto token = Jws::parse(text);
  if (!token) return false;
  const bool has_public = group.contains("public");
  const auto& key = group.at(has_public ? "public" : "private");
  if (const auto* keys = key.as_object().if_contains("keys")) {
    const auto set = KeySet::parse(json::serialize(key));
    if (set) return VerifiedJws::verify(*token, *set, every_algorithm).has_value();
    // A set of one shared secret is that secret.
    return keys->as_array().size() == 1 && keys->at(0).at("kty") == "oct" && keys->at(0).as_object().contains("alg") &&
           keys->at(0).at("alg").as_string().starts_with("HS") &&
           verifies_by_secret(keys->at(0), *token, every_algorithm);
  }
  if (!has_public) return verifies_by_secret(key, *token, every_algorithm);
  const auto jwk = Jwk::parse(json_of(key));
  return jwk && VerifiedJws::verify(*token, *jwk, every_algorithm).has_value();
}

void check_tokens(const char* name, std::size_t expected, const std::set<std::int64_t>& otherwise) {
  const auto file = vectors(name);
  if (!file) GTEST_SKIP() << name << ": ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [&](const json::value& group, const json::value& test, bool valid) {
    if (!test.as_object().contains("jws")) return false;
    const bool should = valid != otherwise.contains(test.at("tcId").as_int64());
    EXPECT_EQ(is_taken(group.as_object(), token_of(test)), should) << test.at("comment").as_string();
    return true;
  });
  EXPECT_EQ(count, expected);
}

TEST(Wycheproof, JsonWebSignature) {
  // We are stricter than the file. 346, 350: PS384 by a key that says PS256. 347, 351: a key whose alg is "ES521",
  // which does not exist. 372, 373: a '?' in base64url. 367 and 370 are the file's mistake: the same token as 357,
  // which is valid.
  check_tokens("json_web_signature_test.json", 401, {346, 347, 350, 351, 367, 370, 372, 373});
}

TEST(Wycheproof, JsonWebKey) {
  // 2: a published set of shared secrets.
  check_tokens("json_web_key_test.json", 26, {2});
}

TEST(Wycheproof, JsonWebCrypto) {
  check_tokens("json_web_crypto_test.json", 49, {48});  // the same
}

/// The key of a group, which some give as a point only.
Json key_of_group(const json::object& group, const char* name, Algorithm algorithm) {
  if (const auto* jwk = group.if_contains(name)) return json_of(*jwk);
  const auto point = bytes_at(group.at("publicKey"), "uncompressed");
  const auto half = (point.size() - 1) / 2;
  return {{"kty", "EC"},
          {"crv", algorithm == Algorithm::es256   ? "P-256"
                  : algorithm == Algorithm::es384 ? "P-384"
                                                  : "P-521"},
          {"x", to_base64url(std::span(point).subspan(1, half))},
          {"y", to_base64url(std::span(point).last(half))}};
}

void check_jwk_signatures(const char* name, const char* key, Algorithm algorithm, std::size_t expected) {
  const auto file = vectors(name);
  if (!file) GTEST_SKIP() << name << ": ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [&](const json::value& group, const json::value& test, bool valid) {
    const auto jwk = Jwk::parse(key_of_group(group.as_object(), key, algorithm));
    EXPECT_TRUE(jwk && jwk->suits(algorithm)) << (jwk ? "" : jwk.error().reason);
    EXPECT_EQ(jwk && jwk->verify(algorithm, bytes_at(test, "sig"), bytes_at(test, "msg")), valid);
    return true;
  });
  EXPECT_EQ(count, expected);
}

TEST(Wycheproof, EcdsaAsAJwsHasIt) {
  check_jwk_signatures("ecdsa_secp256r1_sha256_p1363_test.json", "publicKeyJwk", Algorithm::es256, 262);
  check_jwk_signatures("ecdsa_secp384r1_sha384_p1363_test.json", "publicKeyJwk", Algorithm::es384, 280);
  check_jwk_signatures("ecdsa_secp521r1_sha512_p1363_test.json", "publicKeyJwk", Algorithm::es512, 318);
}

TEST(Wycheproof, RsaAsAJwsHasIt) {
  check_jwk_signatures("rsa_signature_2048_sha384_test.json", "keyJwk", Algorithm::rs384, 258);
  check_jwk_signatures("rsa_signature_2048_sha512_test.json", "keyJwk", Algorithm::rs512, 259);
  check_jwk_signatures("rsa_pss_2048_sha256_mgf1_32_test.json", "publicKeyJwk", Algorithm::ps256, 108);
  check_jwk_signatures("rsa_pss_4096_sha512_mgf1_64_test.json", "publicKeyJwk", Algorithm::ps512, 179);
}

TEST(Wycheproof, HmacAsAJwsHasIt) {
  for (const auto& [name, algorithm, size] : {std::tuple("hmac_sha256_test.json", Algorithm::hs256, 256),
                                              std::tuple("hmac_sha384_test.json", Algorithm::hs384, 384),
                                              std::tuple("hmac_sha512_test.json", Algorithm::hs512, 512)}) {
    const auto file = vectors(name);
    if (!file) GTEST_SKIP() << name << ": ROWAN_VECTORS names no folder that has it";
    each_test(*file, [&](const json::value& group, const json::value& test, bool valid) {
      const HmacKey key(Secret::from_bytes(bytes_at(test, "key")));
      // Shorter keys and tags are never taken.
      const bool whole = group.at("tagSize").as_int64() == size && group.at("keySize").as_int64() >= size;
      EXPECT_EQ(key.verify(algorithm, bytes_at(test, "tag"), bytes_at(test, "msg")), valid && whole);
      return true;
    });
  }
}

}  // namespace
}  // namespace rowan::crypto::jose
