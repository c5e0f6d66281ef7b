#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/base/config_error.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <set>

namespace rowan::crypto {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string first_secret(32, 'k');
const std::string second_secret(40, 's');

KeyRing ring_of(const std::vector<std::string>& texts) {
  std::vector<Secret> secrets;
  for (const auto& text : texts) secrets.push_back(Secret::from_text(text));
  return KeyRing(Secrets(std::move(secrets)));
}

std::vector<std::string> problems_of(const std::vector<std::string>& texts) {
  try {
    ring_of(texts);
  } catch (const ConfigError& error) {
    return error.problems();
  }
  return {};
}

std::string hex(const Key256& key) { return to_hex(key.bytes()); }

// Computed by another program: openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:kk… -kdfopt info:… HKDF
TEST(KeyRing, DerivesPlainHkdf) {
  const auto ring = ring_of({first_secret});
  EXPECT_EQ(hex(ring.derive(0, "session cookie")), "ac1d66c0efaebdce5ded7f7a9b773e1251235cd9ba2becc238939a881bcf52c3");
  EXPECT_EQ(hex(ring.derive(0, "session cookie", "day 20000")),
            "cd733fa9ccb731e952f40e939fe47e21f429d71e70d2d3e625d47d5b63f562c1");
  EXPECT_EQ(ring.key_id(0), 0xac);
  EXPECT_EQ(ring.kid(0), to_base64url(from_hex("acd7be6b6ab3").value()));
  EXPECT_EQ(ring.kid(0).size(), 8U);
}

TEST(KeyRing, KeepsSecretsPurposesAndContextsApart) {
  const auto ring = ring_of({first_secret, second_secret});
  std::set<std::string> keys;
  for (std::size_t secret = 0; secret < ring.size(); ++secret)
    for (const auto* purpose : {"a", "ab", "session cookie", "link tokens"})
      for (const auto* context : {"", "a", "b", "/v1", "1", "2"})
        keys.insert(hex(ring.derive(secret, purpose, context)));
  EXPECT_EQ(keys.size(), 2U * 4 * 6);
}

TEST(KeyRing, GivesASecretTheSameIdInEveryRing) {  // CRY-03
  const auto before = ring_of({first_secret});
  const auto after = ring_of({second_secret, first_secret});
  EXPECT_EQ(after.key_id(1), before.key_id(0));
  EXPECT_EQ(after.kid(1), before.kid(0));
  EXPECT_EQ(hex(after.derive(1, "session cookie")), hex(before.derive(0, "session cookie")));
  EXPECT_NE(hex(after.derive(0, "session cookie")), hex(before.derive(0, "session cookie")));
}

TEST(KeyRing, RefusesTwoSecretsWithOneId) {
  const auto id = ring_of({first_secret}).key_id(0);
  std::string colliding;
  for (int i = 0; colliding.empty() && i < 10'000; ++i)
    if (const auto text = "another secret of enough bytes " + std::to_string(i); ring_of({text}).key_id(0) == id)
      colliding = text;
  ASSERT_FALSE(colliding.empty());
  EXPECT_THAT(problems_of({first_secret, colliding}), ::testing::ElementsAre(HasSubstr("short name")));
  EXPECT_EQ(problems_of({first_secret, first_secret}).size(), 1U);
}

TEST(KeyRing, ReportsEveryProblemWithoutTheSecret) {  // CRY-05
  std::vector<Secret> secrets;
  secrets.push_back(Secret::from_text("too short"));
  secrets.push_back(Secret::from_env("ROWAN_TEST_NO_SUCH_VARIABLE"));
  secrets.push_back(Secret::from_text(first_secret));
  try {
    KeyRing ring{Secrets(std::move(secrets))};
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.problems(),
                ::testing::ElementsAre(AllOf(HasSubstr("9 bytes"), HasSubstr("32"), Not(HasSubstr("too short"))),
                                       AllOf(HasSubstr("env:ROWAN_TEST_NO_SUCH_VARIABLE"), HasSubstr("missing"))));
  }
  EXPECT_THAT(problems_of({}), ::testing::ElementsAre(HasSubstr("at least one")));
  EXPECT_EQ(problems_of({std::string(31, 'x')}).size(), 1U);
  EXPECT_EQ(problems_of({std::string(32, 'x')}).size(), 0U);
}

}  // namespace
}  // namespace rowan::crypto
