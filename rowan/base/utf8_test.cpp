#include <gtest/gtest.h>

#include <rowan/base/utf8.hpp>

namespace rowan {
namespace {

TEST(Utf8, AcceptsEveryLengthAtItsEnds) {
  for (const auto* text : {"", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_valid_utf8(text));
}

TEST(Utf8, RefusesOverlongSurrogatesAndWhatIsAboveUnicode) {
  for (const auto* text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF"})
    EXPECT_FALSE(is_valid_utf8(text));
}

TEST(Utf8, RefusesCutAndStrayBytes) {
  for (const auto* text :
       {"\x80", "\xBF", "a\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3\xC3\xA9", "\xE2\x82\x41", "\xF0\x9F\x98\x41"})
    EXPECT_FALSE(is_valid_utf8(text));
}

TEST(Utf8, StoresNoNul) {
  EXPECT_TRUE(is_storable_text("a\xC3\xA9"));
  EXPECT_FALSE(is_storable_text(std::string_view("a\0", 2)));
  EXPECT_FALSE(is_storable_text("\xFF"));
}

TEST(Utf8, CountsCodePointsNotBytes) {  // PWD-01
  EXPECT_EQ(count_code_points(""), 0U);
  EXPECT_EQ(count_code_points("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 4U);
}

TEST(Utf8, FindsControlsOfEveryKind) {
  for (const std::string_view text : {"a\n", "\x1F", "\x7F", "\xC2\x80", "\xC2\x9F", "\xE2\x80\xA8", "x\xE2\x80\xA9"})
    EXPECT_TRUE(has_control_characters(text));
  for (const std::string_view text : {"", "a b", "\xC2\xA0", "\xC3\x9F", "\xE2\x80\xA7", "\xE2\x82\xAC"})
    EXPECT_FALSE(has_control_characters(text));
}

}  // namespace
}  // namespace rowan
