#include <gmock/gmock.h>

#include <map>
#include <rowan/base/config_error.hpp>
#include <rowan/strategies/recovery_code/code.hpp>
#include <rowan/testing/app.hpp>

namespace rowan {
namespace {

namespace room = strategies::recovery_code;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(RecoveryCode, IsShownInFours) {
  EXPECT_EQ(room::in_fours("ABCDEFGHJKMNPQRTUVWXY346"), "ABCD-EFGH-JKMN-PQRT-UVWX-Y346");
  EXPECT_EQ(room::in_fours("ABCDE"), "ABCD-E");
  EXPECT_EQ(room::in_fours(""), "");
}

TEST(RecoveryCode, IsReadAsPeopleTypeAndPasteIt) {
  const CodeShape shape = RecoveryCodeOptions{}.code;
  const std::string code = "ABCDEFGHJKMNPQRTUVWXY346";
  for (const auto* typed : {"ABCD-EFGH-JKMN-PQRT-UVWX-Y346", "abcd efgh jkmn pqrt uvwx y346",
                            "abcdefghjkmnpqrtuvwxy346\r\n", "ABCD\u2013EFGH\u2013JKMN\u00A0PQRT\u200BUVWX\u2212Y346"})
    EXPECT_THAT(room::readings_of(shape, typed), ElementsAre(code, code)) << typed;
  constexpr CodeShape digits{.length = 34, .alphabet = CodeShape::digits};
  EXPECT_THAT(room::readings_of(digits, "O123 l234 S234 1234 1234 1234 Z234 1234 12"),
              ElementsAre("O123L234S234123412341234Z234123412", "0123123452341234123412342234123412"));
}

TEST(RecoveryCode, IsNotReadFromWhatCanBeNone) {
  const CodeShape shape = RecoveryCodeOptions{}.code;
  for (const auto& typed : {std::string(), std::string("123456"), std::string(21, 'A'), std::string(65, 'A'),
                            std::string("ABCD-EFGH-JKMN-PQRT-UVWX-Y34\u00E9"), std::string("ABCDEFGHJKMNPQRTUVWXY34!")})
    EXPECT_THAT(room::readings_of(shape, typed), IsEmpty()) << typed;
}

// A row that is copied to another account opens nothing there.
TEST(RecoveryCode, IsHashedForItsAccount) {  // MFA-02
  testing::FakeRandom random;
  testing::FakeClock clock;
  const AccountId ann(Uuid::v7(clock, random)), bob(Uuid::v7(clock, random));
  EXPECT_EQ(room::hash_of(ann, "ABCD"), room::hash_of(ann, "ABCD"));
  EXPECT_NE(room::hash_of(ann, "ABCD"), room::hash_of(bob, "ABCD"));
  EXPECT_NE(room::hash_of(ann, "ABCD"), room::hash_of(ann, "ABCE"));
  EXPECT_EQ(room::hash_of(ann, "ABCD").size(), 43U);
}

// Pearson's test: 26 degrees of freedom. A uniform source is above 77.4 in less than one of a million positions.
TEST(RecoveryCode, EveryCharacterIsAsLikelyAsAnyOther) {  // MFA-03
  testing::FakeRandom random(7);
  const CodeShape shape = RecoveryCodeOptions{}.code;
  constexpr int made = 5000;
  std::vector<std::map<char, int>> counts(shape.length);
  for (int i = 0; i < made; ++i) {
    const auto code = make_code(shape, random);
    ASSERT_EQ(code.size(), shape.length);
    for (std::size_t place = 0; place < code.size(); ++place) ++counts[place][code[place]];
  }
  const double expected = made / static_cast<double>(shape.alphabet.size());
  for (auto& place : counts) {
    double chi_squared = 0;
    for (const char c : shape.alphabet) chi_squared += (place[c] - expected) * (place[c] - expected) / expected;
    EXPECT_EQ(place.size(), shape.alphabet.size());
    EXPECT_LT(chi_squared, 77.4);
  }
}

TEST(RecoveryCodeOptionsAtStart, RefuseTooFewCombinations) {  // MFA-02
  const auto problems = [](RecoveryCodeOptions options) {
    try {
      testing::TestApp app({.strategies = {rowan::password(), rowan::recovery_code(std::move(options))}});
    } catch (const ConfigError& error) {
      return error.problems().size();
    }
    return std::size_t{0};
  };
  EXPECT_EQ(problems({}), 0U);
  EXPECT_EQ(problems({.code = {.length = 23, .alphabet = CodeShape::unambiguous_alphanumeric}}), 1U);
  EXPECT_EQ(problems({.code = {.length = 24, .alphabet = CodeShape::uppercase_letters}}), 0U);
  EXPECT_EQ(problems({.code = {.length = 33, .alphabet = CodeShape::digits}}), 1U);
  EXPECT_EQ(problems({.code = {.length = 34, .alphabet = CodeShape::digits}}), 0U);
  EXPECT_EQ(problems({.code = {.length = 64, .alphabet = "ABCA"}}), 1U) << "A twice";
  EXPECT_EQ(problems({.code = {.length = 64, .alphabet = "abcdefgh"}}), 1U) << "they are read as capitals";
  EXPECT_EQ(problems({.codes = 4}), 1U);
  EXPECT_EQ(problems({.codes = 21}), 1U);
}

}  // namespace
}  // namespace rowan
