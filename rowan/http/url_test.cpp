#include <gtest/gtest.h>

#include <rowan/http/url.hpp>

namespace rowan::http {
namespace {

TEST(PercentDecode, UndoesEveryEscapeOnce) {
  EXPECT_EQ(percent_decode("a%20b%2Fc%2fd"), "a b/c/d");
  EXPECT_EQ(percent_decode("%2541"), "%41");
  EXPECT_EQ(percent_decode("%00%ff"), std::string("\0\xFF", 2));
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentDecode, RefusesABrokenEscape) {
  for (const auto* text : {"%", "%4", "a%", "a%2", "%zz", "%4g", "%g4", "% 4", "%-1", "%+1", "%%41", "%u0041"})
    EXPECT_FALSE(percent_decode(text)) << text;
}

TEST(PercentDecode, NeverReadsPastAView) {
  EXPECT_FALSE(percent_decode(std::string_view("%41", 2)));
  EXPECT_FALSE(percent_decode(std::string_view("%41", 1)));
}

TEST(FormDecode, TakesPlusForABlankAndItsEscapeForAPlus) { EXPECT_EQ(form_decode("a+b%2Bc"), "a b+c"); }

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("/?#&=+ \xC3\xA9"), "%2F%3F%23%26%3D%2B%20%C3%A9");
}

TEST(PercentEncode, IsUndoneByBothDecoders) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(form_decode(percent_encode(all)), all);
}

TEST(PathSegment, IsDecoded) {
  EXPECT_EQ(decode_path_segment("caf%C3%A9"), "caf\xC3\xA9");
  EXPECT_EQ(decode_path_segment("a+b%20c"), "a+b c");
  EXPECT_EQ(decode_path_segment("..."), "...");
}

TEST(PathSegment, RefusesAmbiguousEscapes) {  // FWD-04
  for (const auto* segment : {"a%2Fb", "a%2fb", "a%5Cb", "%00", "a%0Ab", "%7F", "%C2%85", "%FF", "%C0%AF", "%2e",
                              "%2E%2e", ".", "..", "%", "a%2"})
    EXPECT_FALSE(decode_path_segment(segment)) << segment;
}

TEST(WithParameter, EncodesAndPicksTheSeparator) {
  EXPECT_EQ(with_parameter("/sign-in", "return_to", "/a?b=c&d"), "/sign-in?return_to=%2Fa%3Fb%3Dc%26d");
  EXPECT_EQ(with_parameter("/x?a=1", "b[c]", "2"), "/x?a=1&b%5Bc%5D=2");
}

}  // namespace
}  // namespace rowan::http
