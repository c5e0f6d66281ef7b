#include <gtest/gtest.h>

#include <rowan/base/utf8.hpp>
#include <rowan/mail/decode_for_tests.hpp>
#include <rowan/mail/header.hpp>

namespace rowan::mail {
namespace {

using for_tests::from_encoded_words;
using for_tests::lines_of;

TEST(MailHeader, LeavesShortAsciiAsItIs) {
  EXPECT_EQ(header_text("Reset your password").value(), "Reset your password");
  EXPECT_EQ(header_text("").value(), "");
}

TEST(MailHeader, WritesEncodedWordsForEverythingElse) {
  EXPECT_EQ(header_text("Passwort zurücksetzen").value(), "=?UTF-8?B?UGFzc3dvcnQgenVyw7xja3NldHplbg==?=");
  EXPECT_EQ(header_text("=?UTF-8?Q?x?=").value(), "=?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=");
  EXPECT_EQ(header_text(" x").value(), "=?UTF-8?B?IHg=?=");
}

TEST(MailHeader, FoldsALongSubjectBetweenCharacters) {
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += "é中😀";
  const auto value = header_text(subject).value();
  EXPECT_EQ(from_encoded_words(value), subject);
  for (const auto& line : lines_of("Subject: " + value)) {
    EXPECT_LE(line.size(), 76U);
    // RFC 2047 section 5: no character is split between two words.
    EXPECT_TRUE(is_valid_utf8(from_encoded_words(line.substr(line.find("=?")))));
  }
}

TEST(MailHeader, FoldsALongAsciiSubjectToo) {
  const std::string subject(300, 'x');
  const auto value = header_text(subject).value();
  EXPECT_EQ(from_encoded_words(value), subject);
  for (const auto& line : lines_of("Subject: " + value)) EXPECT_LE(line.size(), 76U);
}

// INJ-03
TEST(MailHeader, RefusesEveryControlCharacter) {
  for (int c = 0; c < 0x20; ++c) {
    const std::string value = std::string("a") + static_cast<char>(c) + "Bcc: b@c.example";
    EXPECT_FALSE(header_text(value)) << c;
    EXPECT_FALSE(display_name(value)) << c;
  }
  for (const char* value : {"a\x7F",
                            "a\xC2\x85"
                            "b",
                            "a\xE2\x80\xA8"
                            "b",
                            "a\xE2\x80\xA9"
                            "b",
                            "a\xFF",
                            "a\xC0\x8A"
                            "b"}) {
    EXPECT_FALSE(header_text(value)) << value;
    EXPECT_FALSE(display_name(value)) << value;
  }
}

TEST(MailHeader, RefusesWhatIsLongerThanALineMayBe) {
  EXPECT_TRUE(header_text(std::string(998, 'a')));
  EXPECT_FALSE(header_text(std::string(999, 'a')));
}

TEST(DisplayName, QuotesAsciiAndEncodesTheRest) {
  EXPECT_EQ(display_name("Acme, Inc.").value(), "\"Acme, Inc.\"");
  EXPECT_EQ(display_name(R"(a "b" \c)").value(), R"("a \"b\" \\c")");
  EXPECT_EQ(display_name("Zoë").value(), "=?UTF-8?B?Wm/Dqw==?=");
  EXPECT_EQ(display_name("x\" <evil@b.example>, \"").value(), R"("x\" <evil@b.example>, \"")");
}

}  // namespace
}  // namespace rowan::mail
