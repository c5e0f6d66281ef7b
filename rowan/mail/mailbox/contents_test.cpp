#include <gtest/gtest.h>

#include <rowan/mail/mailbox/contents.hpp>

namespace rowan::mail {
namespace {

using Links = std::vector<std::string>;

TEST(LinksInAMail, AreTheAbsoluteOnesInOrderAndOnce) {
  EXPECT_EQ(links_in("See https://id.example/a?t=1.x, then http://b.example.\n<https://id.example/a?t=1.x>\n/relative "
                     "ftp://c.example"),
            (Links{"https://id.example/a?t=1.x", "http://b.example"}));
}

TEST(LinksInAMail, KeepEveryCharacterThatCanEndASecret) {
  EXPECT_EQ(links_in("https://id.example/r?t=ab_ https://id.example/r?t=ab-\r\n"),
            (Links{"https://id.example/r?t=ab_", "https://id.example/r?t=ab-"}));
}

TEST(LinksInAMail, LoseThePunctuationOfTheSentence) {
  EXPECT_EQ(links_in("(https://a.example/x) \"https://b.example/(y)\" https://c.example/?!"),
            (Links{"https://a.example/x", "https://b.example/(y)", "https://c.example/"}));
}

TEST(LinksInAMail, NeedAHost) { EXPECT_EQ(links_in("http:// https://. http https:/x"), Links{}); }

// INJ-05
TEST(LinksInAMail, AreBounded) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "http://a.example/" + std::to_string(i) + " ";
  EXPECT_EQ(links_in(text).size(), 100U);
}

TEST(CodeInAMail, IsTheFirstLineThatIsNothingElse) {
  EXPECT_EQ(code_in("Your code is\r\n\r\n  ABCD-1234  \r\n\r\nnot 999999\n555555\n"), "ABCD-1234");
  EXPECT_EQ(code_in("123456"), "123456");
  EXPECT_EQ(code_in("ABCDEF-123456"), "ABCDEF-123456") << "the longest a room may ask for";
}

TEST(CodeInAMail, IsAbsentOtherwise) {
  for (const char* text : {"", "Hello\nthere", "123", "12345678901234", "----", "-1234", "1234-", "12 34", "abcd",
                           "code: 1234", "12345\xC3\xBC"}) {
    EXPECT_EQ(code_in(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rowan::mail
