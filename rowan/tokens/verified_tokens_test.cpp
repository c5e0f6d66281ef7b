#include <gtest/gtest.h>
#include <rowan/testing/fake_random.hpp>
#include <rowan/tokens/verified_tokens.hpp>

namespace rowan::tokens {
namespace {

TEST(VerifiedTokensKept, AreBoundedAndTheOldestGoes) {
  rowan::testing::FakeRandom random;
  VerifiedTokens seen(random, 32);
  for (int i = 0; i < 1000; ++i) seen.put(seen.key_of("token " + std::to_string(i)), {.key = i});
  int found = 0;
  for (int i = 0; i < 1000; ++i)
    if (seen.find(seen.key_of("token " + std::to_string(i)), 0)) ++found;
  EXPECT_LE(found, 32);
  EXPECT_TRUE(seen.find(seen.key_of("token 999"), 0));
  EXPECT_FALSE(seen.find(seen.key_of("token 999"), 1)) << "verified by other keys";
}

}  // namespace
}  // namespace rowan::tokens
