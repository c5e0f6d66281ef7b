#include <gtest/gtest.h>

#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/engine/parts/typed_code.hpp>

namespace rowan {
namespace {

// As programs hand codes over: copied from mails, messengers, PDFs, right-to-left text, and typed on phones.
TEST(TypedCode, ReadsWhatIsTypedAndPasted) {
  for (const auto* typed : {
           "ABCD2347",
           "abcd2347",
           "ABCD-2347",
           " AB CD\t23 47 ",
           "ABCD2347\r\n",
           "AB.CD_23.47",
           "ABCD\u00A02347",                    // no-break space
           "ABCD\u202F2347",                    // the narrow one
           "ABCD\u3000\u20032347",              // ideographic and em space
           "ABCD\u20132347",                    // en dash, as word processors make of a hyphen
           "ABCD\u20142347",                    // em dash
           "ABCD\u20112347",                    // no-break hyphen
           "ABCD\u22122347",                    // minus
           "AB\u00ADCD\u00AD2347",              // soft hyphens of a web page
           "\u200BAB\u200CCD\u200D2347\u2060",  // zero-width marks
           "\uFEFFABCD2347",                    // byte order mark
           "\u200EABCD2347\u200F",              // marks of direction
           "\u202AABCD2347\u202C",
           "\u2066ABCD2347\u2069",
           "\uFF21\uFF22\uFF23\uFF24\uFF0D\uFF12\uFF13\uFF14\uFF17",  // full-width
           "\uFF41\uFF42\uFF43\uFF442347",
           "ABCD\u0662\u0663\u0664\u0667",  // an Arabic keyboard
           "ABCD\u06F2\u06F3\u06F4\u06F7",  // a Persian one
       })
    EXPECT_EQ(bare_code(typed), "ABCD2347") << typed;
}

TEST(TypedCode, KeepsWhatIsNoDecoration) {
  EXPECT_EQ(bare_code(""), "");
  EXPECT_EQ(bare_code(" \u2013 "), "");
  EXPECT_EQ(bare_code("AB/CD+\u00E9\u0410\U0001F600"), "AB/CD+\u00E9\u0410\U0001F600") << "Cyrillic A is not A";
  EXPECT_EQ(bare_code("AB\u2460"), "AB\u2460") << "a digit in a circle";
}

TEST(TypedCode, KeepsBytesThatAreNoText) {
  for (const auto* bytes : {"\xFF", "\x80", "\xC2", "\xE2\x80", "\xF0\x9F\x98", "\xC0\xA0", "A\xE2"})
    EXPECT_EQ(bare_code(bytes), bytes);
}

TEST(TypedCode, ReadsWhatLooksAlikeAsWhatTheAlphabetHas) {
  constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  EXPECT_EQ(without_look_alikes("OIL0125SZ", crockford), "0110125SZ");
  EXPECT_EQ(without_look_alikes("O0I1Z2S5", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "OOI1ZZSS") << "1: I or L";
  EXPECT_EQ(without_look_alikes("OILSZ", "0123456789"), "01152");
  EXPECT_EQ(without_look_alikes("O0", "ABC"), "O0");
  EXPECT_EQ(without_look_alikes("\u00E9", "0123456789"), "\u00E9");
}

TEST(MailedCode, IsReadAsItIsPasted) {
  EXPECT_EQ(normalised_code({}, "\u200Ebcd\u2011fgh\r\n"), "BCDFGH");
  EXPECT_EQ(normalised_code({.length = 6, .alphabet = CodeShape::digits}, "l2O 45S"), "120455");
  EXPECT_EQ(normalised_code({}, "bcd-fg!"), "");
}

}  // namespace
}  // namespace rowan
