// npm's jose, which most of JavaScript signs and verifies with, reads what we make and makes what we read. Skipped, by
// name, when Node or the package is not there.
#include <gtest/gtest.h>

#include <rowan/base/clock.hpp>
#include <rowan/crypto/jose/client_assertion.hpp>
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>

#include "peer.hpp"

namespace rowan::crypto::jose {
namespace {

using namespace for_tests;
using jose_of_npm::ask;

constexpr Algorithm shared_algorithms[] = {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512};
const std::string shared_secret(64, 's');

class JoseOfNpm : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = jose_of_npm::why_not(); !why.empty()) GTEST_SKIP() << why;
  }
};

TEST_F(JoseOfNpm, VerifiesWhatWeSign) {
  std::vector<Json> jobs;
  for (const auto algorithm : all_with_public_keys)
    for (int i = 0; i < 8; ++i) {
      const auto token =
          sign_jws(key_for(algorithm), {.algorithm = algorithm, .key_id = "k"}, "payload " + std::to_string(i));
      jobs.push_back({{"do", "verify"},
                      {"alg", name_of(algorithm)},
                      {"token", token.value()},
                      {"jwk", key_for(algorithm).public_jwk("k", algorithm)}});
    }
  for (const auto algorithm : shared_algorithms)
    jobs.push_back(
        {{"do", "verify"},
         {"alg", name_of(algorithm)},
         {"secret", shared_secret},
         {"token",
          sign_jws(HmacKey(Secret::from_text(shared_secret)), {.algorithm = algorithm}, "payload 0").value()}});
  const auto answers = ask(jobs);
  ASSERT_EQ(answers.size(), jobs.size());
  for (std::size_t i = 0; i < answers.size(); ++i)
    EXPECT_EQ(answers[i].find("payload").value_or(Json(answers[i].text())).as_text(),
              "payload " + std::to_string(i < 80 ? i % 8 : 0))
        << jobs[i].find("alg")->text();
}

TEST_F(JoseOfNpm, BelievesOurClientAssertions) {
  const ClientAssertion assertion{.issuer = "client", .subject = "client", .audience = "https://idp.example"};
  std::vector<Json> jobs;
  for (const auto algorithm : {Algorithm::es256, Algorithm::rs256, Algorithm::ps256, Algorithm::eddsa}) {
    const auto& key = key_for(algorithm);
    const auto token =
        sign(assertion, key, {.algorithm = algorithm, .key_id = "k"}, system_clock().now(), system_random());
    jobs.push_back({{"do", "claims"},
                    {"token", token.value()},
                    {"issuer", "client"},
                    {"audience", "https://idp.example"},
                    {"jwks", Json{{"keys", Json::array({key.public_jwk("k", algorithm)})}}}});
  }
  const auto answers = ask(jobs);
  for (const auto& answer : answers) EXPECT_EQ(answer.find("sub").value_or(Json(answer.text())).as_text(), "client");
}

TEST_F(JoseOfNpm, SignsWhatWeVerifyByOneSetOfKeys) {
  const auto now = system_clock().now();
  const auto payload = Json{{"iss", "https://idp.example"},
                            {"aud", Json::array({"client"})},
                            {"sub", "anna"},
                            {"iat", to_seconds(now)},
                            {"exp", to_seconds(now) + 300}}
                           .text();
  std::vector<Json> jobs;
  for (const auto algorithm : all_with_public_keys)
    jobs.push_back({{"do", "sign"}, {"alg", name_of(algorithm)}, {"kid", name_of(algorithm)}, {"payload", payload}});
  const auto answers = ask(jobs);
  ASSERT_EQ(answers.size(), std::size(all_with_public_keys));
  std::vector<Json> published;
  for (const auto& answer : answers) published.push_back(answer.find("jwk").value_or(Json(answer.text())));
  const auto keys = KeySet::parse(set_of(published)).value();
  EXPECT_EQ(keys.left_out(), std::vector<std::string>());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    SCOPED_TRACE(name_of(all_with_public_keys[i]));
    const ExpectedIdToken expected{
        .issuer = "https://idp.example", .audiences = {"client"}, .allowed = {all_with_public_keys[i]}, .now = now};
    const std::string token(answers[i].find("token").value().as_text().value());
    const auto found = verify_id_token(token, keys, expected);
    ASSERT_TRUE(found) << found.error().reason;
    EXPECT_EQ(found->subject, "anna");
    auto changed = token;
    changed[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_id_token(changed, keys, expected));
  }
}

TEST_F(JoseOfNpm, SignsWhatWeVerifyByASharedSecret) {
  std::vector<Json> jobs;
  for (const auto algorithm : shared_algorithms)
    jobs.push_back({{"do", "sign"}, {"alg", name_of(algorithm)}, {"payload", "p"}, {"secret", shared_secret}});
  const auto answers = ask(jobs);
  for (std::size_t i = 0; i < answers.size(); ++i)
    EXPECT_TRUE(VerifiedJws::verify(Jws::parse(answers[i].find("token").value().as_text().value()).value(),
                                    HmacKey(Secret::from_text(shared_secret)), {shared_algorithms[i]}));
}

}  // namespace
}  // namespace rowan::crypto::jose
