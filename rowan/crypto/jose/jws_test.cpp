#include <gtest/gtest.h>

#include <atomic>
#include <rowan/crypto/jose/examples_for_tests.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>
#include <thread>

namespace rowan::crypto::jose {
namespace {

using namespace for_tests;

Jwk jwk(std::string_view text) { return Jwk::parse(Json::parse(text).value()).value(); }

Secret shared_secret(std::string_view encoded) { return Secret::from_bytes(from_base64url(encoded).value()); }

std::string why(const Result<VerifiedJws>& result) { return result ? "verified" : result.error().reason; }

Result<VerifiedJws> verify(std::string_view token, const auto& key, Algorithms allowed = every_public_key_algorithm) {
  auto parsed = Jws::parse(token);
  if (!parsed) return parsed.error();
  return VerifiedJws::verify(*std::move(parsed), key, allowed);
}

TEST(Jws, VerifiesTheExamplesOfTheStandards) {
  for (const auto& example : examples) {
    SCOPED_TRACE(example.where);
    const auto result = verify(example.token, jwk(example.jwk), {example.algorithm});
    ASSERT_TRUE(result) << why(result);
    EXPECT_EQ(result->algorithm(), example.algorithm);
    EXPECT_FALSE(result->payload().empty());
  }
  for (const auto& example : shared_examples)
    EXPECT_TRUE(verify(example.token, HmacKey(shared_secret(example.secret)), {Algorithm::hs256}));
}

TEST(Jws, RefusesEveryFlippedBitOfEveryAlgorithm) {
  for (const auto& example : examples) {
    SCOPED_TRACE(example.where);
    const auto key = jwk(example.jwk);
    const std::string token = example.token;
    const auto signature = token.rfind('.') + 1;
    // In letters, so that what is flipped is still base64url: header, payload and signature.
    for (std::size_t i = 0; i < token.size(); i += i < signature ? 1 : 7) {
      if (token[i] == '.') continue;
      auto changed = token;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(verify(changed, key)) << i;
    }
  }
}

// IDP-02
TEST(Jws, RefusesAnAlgorithmThatIsNotAllowedOrNotTheKeys) {
  for (const auto& example : examples) {
    SCOPED_TRACE(example.where);
    auto others = Algorithms{};
    for (const auto algorithm : all_with_public_keys) {
      if (algorithm != example.algorithm) others = Algorithms{algorithm};
      EXPECT_EQ(verify(example.token, jwk(example.jwk), {algorithm}).has_value(), algorithm == example.algorithm);
    }
    EXPECT_FALSE(verify(example.token, jwk(example.jwk), {}));
    // Every other key, whatever is allowed.
    for (const auto& other : examples)
      if (std::string_view(other.jwk) != example.jwk) {
        EXPECT_FALSE(verify(example.token, jwk(other.jwk)));
      }
  }
}

// RFC 8725 section 2.1: the key that everyone knows, taken for a shared secret.
TEST(Jws, NeverTakesAPublicKeyForASharedSecret) {
  const auto& key = key_of("P-256");
  const auto published = key.public_jwk("k", Algorithm::es256);
  for (const auto& secret : {published.text(), std::string(published.find("x")->as_text().value())}) {
    const auto forged =
        sign_jws(HmacKey(Secret::from_text(secret)), {.algorithm = Algorithm::hs256, .key_id = "k"}, "{}").value();
    const Algorithms careless{Algorithm::hs256, Algorithm::es256};
    EXPECT_FALSE(verify(forged, KeySet::parse(set_of({published})).value(), careless));
    EXPECT_FALSE(verify(forged, Jwk::parse(published).value(), careless));
  }
  // And no shared secret verifies what a key signed.
  const auto token = sign_jws(key, {.algorithm = Algorithm::es256}, "{}").value();
  EXPECT_FALSE(verify(token, HmacKey(Secret::from_text(published.text())), {Algorithm::es256, Algorithm::hs256}));
}

TEST(Jws, RefusesNone) {
  for (const char* name : {"none", "None", "NONE", "nOnE", "", "HS1", "RS1", "ES256K", "A128KW", "dir"}) {
    const auto header = to_base64url(as_bytes(Json{{"alg", name}}.text()));
    EXPECT_FALSE(Jws::parse(header + ".e30.")) << name;
    EXPECT_FALSE(Jws::parse(header + ".e30.AAAA")) << name;
  }
  EXPECT_FALSE(Jws::parse(to_base64url(as_bytes("{}")) + ".e30."));
  // RFC 7519 section 6.1.
  EXPECT_FALSE(
      Jws::parse("eyJhbGciOiJub25lIn0."
                 "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."));
}

TEST(Jws, RefusesWhatBringsItsOwnKeyOrChangesHowItIsRead) {
  const auto& key = key_of("P-256");
  const auto own = key.public_jwk("k", Algorithm::es256).text();
  const std::vector<std::pair<std::string, std::string>> members{{"jwk", own},
                                                                 {"jku", "\"https://evil.example/keys\""},
                                                                 {"x5u", "\"https://evil.example/c\""},
                                                                 {"x5c", "[\"MIIB\"]"},
                                                                 {"crit", "[\"exp\"]"},
                                                                 {"crit", "[]"},
                                                                 {"b64", "false"},
                                                                 {"b64", "true"},
                                                                 {"zip", "\"DEF\""},
                                                                 {"enc", "\"A128GCM\""}};
  for (const auto& [name, value] : members) {
    const auto header = R"({"alg":"ES256",")" + name + "\":" + value + "}";
    EXPECT_FALSE(Jws::parse(raw_token(header, "{}", key, Algorithm::es256))) << header;
  }
  EXPECT_TRUE(Jws::parse(raw_token(R"({"alg":"ES256","x5t":"abc","other":["x"]})", "{}", key, Algorithm::es256)));
}

TEST(Jws, RefusesHeadersThatTwoReadersReadDifferently) {
  const auto& key = key_of("P-256");
  for (const char* header : {R"({"alg":"ES256","alg":"none"})", R"({"alg":"ES256","\u0061lg":"HS256"})",
                             R"({"alg":"ES256","kid":"a","kid":"b"})", R"({"alg":["ES256"]})",
                             R"({"alg":"ES256","kid":7})", R"({"alg":"ES256","kid":""})",
                             R"({"alg":"ES256","typ":null})", R"({"ALG":"ES256"})", R"(["ES256"])", R"("ES256")",
                             R"({"alg":"ES256"} )"
                             "x",
                             R"({"alg":"ES256","x":{"y":[1]}})"}) {
    EXPECT_FALSE(Jws::parse(raw_token(header, "{}", key, Algorithm::es256))) << header;
  }
  EXPECT_FALSE(Jws::parse(raw_token("{\"alg\":\"ES256\",\"kid\":\"\xff\"}", "{}", key, Algorithm::es256)));
}

TEST(Jws, HasOneSpelling) {
  const std::string token = examples[1].token;
  ASSERT_TRUE(Jws::parse(token));
  const auto first = token.find('.'), second = token.rfind('.');
  for (const auto at : {std::size_t{0}, first, first + 1, second, second + 1, token.size()})
    for (const char* inserted : {"=", " ", "\n", "+", "/", ".", "é", "%2E"}) {
      auto changed = token;
      changed.insert(at, inserted);
      EXPECT_FALSE(Jws::parse(changed)) << at << inserted;
    }
  EXPECT_FALSE(Jws::parse(token.substr(0, second)));
  EXPECT_FALSE(Jws::parse(""));
  EXPECT_FALSE(Jws::parse(".."));
  // Bits left over: the last letter of 64 bytes says four bits too many.
  auto changed = token;
  changed.back() = static_cast<char>(changed.back() + 1);
  EXPECT_FALSE(Jws::parse(changed));
}

TEST(Jws, IsBoundedBeforeAnyKeyIsLookedAt) {
  const auto header = to_base64url(as_bytes(R"({"alg":"ES256"})"));
  EXPECT_TRUE(Jws::parse(header + "." + std::string(20000, 'A') + ".AAAA"));
  EXPECT_FALSE(Jws::parse(header + "." + std::string(most_token_bytes, 'A') + ".AAAA"));
  EXPECT_TRUE(Jws::parse(header + ".e30." + std::string(1364, 'A')));  // 1023 bytes
  EXPECT_FALSE(Jws::parse(header + ".e30." + std::string(1368, 'A')));
  const auto with_kid = [](std::size_t size) {
    return to_base64url(as_bytes(R"({"alg":"ES256","kid":")" + std::string(size, 'k') + "\"}")) + ".e30.AAAA";
  };
  EXPECT_TRUE(Jws::parse(with_kid(most_key_id_bytes)));
  EXPECT_FALSE(Jws::parse(with_kid(most_key_id_bytes + 1)));
  EXPECT_FALSE(
      Jws::parse(to_base64url(as_bytes(R"({"alg":"ES256","x":")" + std::string(3000, 'x') + "\"}")) + ".e30.AAAA"));
}

TEST(Jws, SaysItsTypeInOneSpelling) {
  const auto type = [](const char* header) {
    return Jws::parse(to_base64url(as_bytes(header)) + ".e30.AAAA").value().type();
  };
  EXPECT_EQ(type(R"({"alg":"ES256"})"), "");
  EXPECT_EQ(type(R"({"alg":"ES256","typ":"JWT"})"), "jwt");
  EXPECT_EQ(type(R"({"alg":"ES256","typ":"application/logout+JWT"})"), "logout+jwt");
}

TEST(Jws, IsVerifiedByManyThreadsWithOneKey) {
  for (const auto algorithm : {Algorithm::es256, Algorithm::ps256, Algorithm::rs384, Algorithm::eddsa}) {
    const auto set = KeySet::parse(set_of({key_for(algorithm).public_jwk("k", algorithm)})).value();
    const auto token = sign_jws(key_for(algorithm), {.algorithm = algorithm, .key_id = "k"}, "{}").value();
    const auto wrong = sign_jws(key_for(algorithm), {.algorithm = algorithm, .key_id = "k"}, "[]").value();
    const auto mixed = token.substr(0, token.rfind('.')) + wrong.substr(wrong.rfind('.'));
    std::atomic<int> right = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
          for (int k = 0; k < 25; ++k) right += verify(token, set).has_value() && !verify(mixed, set) ? 1 : 0;
        });
    }
    EXPECT_EQ(right, 100);
  }
}

TEST(HmacKeys, AreAsLongAsTheHash) {
  const std::pair<Algorithm, std::size_t> least[] = {
      {Algorithm::hs256, 32}, {Algorithm::hs384, 48}, {Algorithm::hs512, 64}};
  for (const auto& [algorithm, size] : least) {
    const HmacKey enough(Secret::from_text(std::string(size, 's'))),
        little(Secret::from_text(std::string(size - 1, 's')));
    EXPECT_FALSE(sign_jws(little, {.algorithm = algorithm}, "{}"));
    const auto token = sign_jws(enough, {.algorithm = algorithm}, "{}");
    ASSERT_TRUE(token);
    EXPECT_TRUE(verify(*token, enough, {algorithm}));
    EXPECT_FALSE(verify(*token, little, {algorithm}));
    EXPECT_FALSE(verify(*token, enough, every_public_key_algorithm));
    EXPECT_FALSE(verify(token->substr(0, token->size() - 4), enough, {algorithm}));
    EXPECT_FALSE(verify(token->substr(0, token->rfind('.') + 1), enough, {algorithm}));
  }
  EXPECT_FALSE(HmacKey(Secret::from_text(std::string(64, 's'))).suits(Algorithm::es256));
}

}  // namespace
}  // namespace rowan::crypto::jose
