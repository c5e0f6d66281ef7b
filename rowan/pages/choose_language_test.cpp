#include <gtest/gtest.h>

#include <array>
#include <rowan/pages/choose_language.hpp>
#include <string>
#include <vector>

namespace rowan::pages {
namespace {

const std::vector<std::string> ours{"de", "en", "pt-BR"};

std::string chosen(std::string_view header, std::vector<std::string_view> wishes = {}) {
  return choose_language(ours, wishes, header, "en");
}

TEST(ChooseLanguage, TakesTheFirstAvailableWish) {
  EXPECT_EQ(chosen("en", {"fr", "de-AT"}), "de");
  EXPECT_EQ(chosen("en", {"pt_br"}), "pt-BR");
}

TEST(ChooseLanguage, GoesByQuality) {
  EXPECT_EQ(chosen("en;q=0.5, de"), "de");
  EXPECT_EQ(chosen("en;q=0.5, de;q=0.501"), "de");
  EXPECT_EQ(chosen("fr, en;q=0.8, de;q=0.9"), "de");
  EXPECT_EQ(chosen("de;q=1.000 , en;q=1"), "de");
}

TEST(ChooseLanguage, MatchesAMoreSpecificRange) {  // RFC 4647 section 3.4
  EXPECT_EQ(chosen("de-CH-1996"), "de");
  EXPECT_EQ(chosen("de-x-private"), "de");
  EXPECT_EQ(chosen("DE"), "de");
}

TEST(ChooseLanguage, NeverTakesARefusedLanguage) { EXPECT_EQ(chosen("de;q=0, fr"), "en"); }

TEST(ChooseLanguage, FallsBackToTheDefault) {
  EXPECT_EQ(chosen(""), "en");
  EXPECT_EQ(chosen("*"), "en");
  EXPECT_EQ(chosen("fr, ja"), "en");
}

TEST(ChooseLanguage, IgnoresMalformedRanges) {
  for (const auto* header : {"de;q=2", "de;q=x", "de;q=0.1234", "de;", "de;level=1", ";;;,,,", "de;q=-1",
                             "d\xff"
                             "e"})
    EXPECT_EQ(chosen(header), "en") << header;
}

TEST(ChooseLanguage, ReadsOnlyTheFirstRanges) {
  std::string header;
  for (int i = 0; i < 40; ++i) header += "fr,";
  EXPECT_EQ(chosen(header + "de"), "en");
  EXPECT_EQ(chosen(std::string(100'000, 'a') + ",de"), "de");
}

}  // namespace
}  // namespace rowan::pages
