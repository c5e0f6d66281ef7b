#include <gtest/gtest.h>
#include <rowan/strategies/password/policy.hpp>

namespace rowan::strategies::password {
namespace {

std::string fault(std::string_view typed, std::string_view email = "ann@notes.example",
                  const PasswordOptions& options = {}) {
  const auto text = normalised(typed);
  if (!text) return "unreadable";
  const auto found = fault_of(*text, email, options);
  return found ? found->code : "";
}

TEST(PasswordPolicy, CountsCodePointsNotBytes) {  // PWD-01
  EXPECT_EQ(fault("fourteen chars"), "too_short");
  EXPECT_EQ(fault("fifteen chars ok"), "");
  EXPECT_EQ(fault("🌵🍄🦔🪵🌾🦉🐚🪨🌿🦎🍂🐌🪶🌰"), "too_short");
  EXPECT_EQ(fault("🌵🍄🦔🪵🌾🦉🐚🪨🌿🦎🍂🐌🪶🌰🦡"), "");
  EXPECT_EQ(fault("jx3kq9w", {}, {.minimum_length = 8}), "too_short");
  EXPECT_EQ(fault("jx3kq9wz", {}, {.minimum_length = 8}), "");
}

TEST(PasswordPolicy, TakesLongOnesWholeAndRefusesLongerOnes) {  // PWD-02
  std::string long_one;
  while (long_one.size() < 256) long_one += "q7" + std::to_string(long_one.size() * 7919 % 97) + "x";
  EXPECT_EQ(fault(long_one.substr(0, 64)), "");
  EXPECT_EQ(fault(long_one.substr(0, 256)), "");
  EXPECT_EQ(fault(long_one.substr(0, 256) + "y"), "too_long");
  EXPECT_EQ(fault(std::string(5000, 'x')), "unreadable");
}

TEST(PasswordPolicy, HasNoRuleOfComposition) {  // PWD-04
  for (const auto* good :
       {"lower case words only here", "81726354905162738", "密碼密码是一个很长的句子你好吗", "    spaces   inside  "})
    EXPECT_EQ(fault(good), "") << good;
}

TEST(PasswordPolicy, RefusesCommonPasswords) {  // PWD-05
  for (const auto* bad :
       {"password", "12345678", "iloveyou", "football", "sunshine", "baseball", "superman", "trustno1"})
    EXPECT_EQ(fault(bad, {}, {.minimum_length = 8}), "common") << bad;
  for (const auto* bad : {"passwordpassword", "123456789012345", "aaaaaaaaaaaaaaaa", "abcdefghijklmnopqrstuvwxyz"})
    EXPECT_EQ(fault(bad), "common") << bad;
}

TEST(PasswordPolicy, RefusesTheOwnAddressAndForbiddenWords) {  // PWD-06
  EXPECT_EQ(fault("Ann@Notes.Example"), "contains_identifier");
  EXPECT_EQ(fault("annabelle.lindqvist", "annabelle.lindqvist@notes.example"), "contains_identifier");
  EXPECT_EQ(fault("The Notes Service", "", {.forbidden_words = {"the notes service"}}), "common");
}

TEST(PasswordPolicy, BothSpellingsOfAnAccentAreOnePassword) {  // PWD-11
  EXPECT_EQ(normalised("pa\xC3\xA9"), normalised("pae\xCC\x81"));
  EXPECT_NE(normalised("pa "), normalised("pa"));
  EXPECT_FALSE(normalised("\xFF"));
}

}  // namespace
}  // namespace rowan::strategies::password
