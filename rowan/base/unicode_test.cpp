#include <gtest/gtest.h>

#include <rowan/base/unicode.hpp>
#include <thread>
#include <vector>

namespace rowan {
namespace {

TEST(ToNfc, GivesOneSpellingToComposedAndDecomposed) {  // PWD-11
  EXPECT_EQ(to_nfc("e\xCC\x81"), "\xC3\xA9");
  EXPECT_EQ(to_nfc("\xC3\xA9"), "\xC3\xA9");
  EXPECT_EQ(to_nfc("\xE1\x84\x80\xE1\x85\xA1"), "\xEA\xB0\x80");  // Hangul jamo
  EXPECT_EQ(to_nfc("\xE2\x84\xAB"), "\xC3\x85");                  // the ångström sign is Å
}

TEST(ToNfc, OrdersCombiningMarks) { EXPECT_EQ(to_nfc("a\xCC\x81\xCC\xA3"), to_nfc("a\xCC\xA3\xCC\x81")); }

TEST(ToNfc, ChangesNothingElse) {
  for (const auto* text : {"", "plain ASCII  ", "\xEF\xAC\x81", "\xC2\xBD", "\xEF\xBC\xA1", "\xF0\x9F\x98\x80",
                           "\xE4\xBD\xA0\xE5\xA5\xBD", "\t\r\n"})
    EXPECT_EQ(to_nfc(text), text);  // no NFKC: the ligature, the fraction and the wide letter stay
}

TEST(ToNfc, KeepsNul) { EXPECT_EQ(to_nfc(std::string_view("e\xCC\x81\0x", 5)), std::string_view("\xC3\xA9\0x", 4)); }

TEST(FoldCase, ComparesWithoutCase) {
  EXPECT_EQ(fold_case("Stra\xC3\x9F"
                      "e"),
            fold_case("STRASSE"));
  EXPECT_EQ(fold_case("\xCE\xA3\xCE\x91\xCE\xA3"), fold_case("\xCF\x83\xCE\xB1\xCF\x82"));  // both sigmas
  EXPECT_EQ(fold_case("I"), "i");  // on every machine, also a Turkish one
  EXPECT_NE(fold_case("\xC4\xB1"), "i");
}

TEST(ToNfc, WorksFromManyThreads) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([] {
      for (int k = 0; k < 200; ++k) {
        EXPECT_EQ(to_nfc("u\xCC\x88"), "\xC3\xBC");
        EXPECT_EQ(fold_case("\xC3\x9C"), "\xC3\xBC");
      }
    });
}

}  // namespace
}  // namespace rowan
