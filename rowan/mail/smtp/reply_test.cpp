#include <gtest/gtest.h>

#include <rowan/mail/smtp/reply.hpp>

namespace rowan::mail {
namespace {

std::string refusal_in(std::string_view line) {
  Replies replies;
  replies.add(line);
  return replies.refusal();
}

// LOG-02
TEST(SmtpReplies, KeepDigitsAndNeverTheServersText) {
  EXPECT_EQ(refusal_in("550 5.1.1 <anna@example.org> unknown\r\n"), "550 5.1.1");
  EXPECT_EQ(refusal_in("550 anna@example.org unknown\r\n"), "550");
  EXPECT_EQ(refusal_in("421-4.7.0.9 x\r\n"), "421 4.7.0");
  EXPECT_EQ(refusal_in("550 5.1234.1 x"), "550");
  EXPECT_EQ(refusal_in("anna@example.org\r\n"), "");
  EXPECT_EQ(refusal_in("25"), "");
  EXPECT_EQ(refusal_in("451"), "451");
  EXPECT_EQ(refusal_in("250 2.1.0 fine"), "");
}

TEST(SmtpReplies, TellAnEndOfTheConnectionFromAnAnswerToTheMail) {
  const auto end = [](std::string_view line) {
    Replies replies;
    replies.add(line);
    return replies.speak_of_the_connection();
  };
  EXPECT_TRUE(end(""));
  EXPECT_TRUE(end("250 2.1.0 fine"));
  EXPECT_TRUE(end("421 4.3.2 shutting down"));
  EXPECT_TRUE(end("421 bye"));
  EXPECT_TRUE(end("451 4.4.2 idle too long"));
  EXPECT_FALSE(end("451 4.7.1 come back later"));
  EXPECT_FALSE(end("450 later"));
  EXPECT_FALSE(end("550 5.1.1 unknown"));
}

TEST(SmtpReplies, NoticeSmtputf8OnlyAsALineOfItsOwn) {
  Replies replies;
  for (const char* line : {"250-mail.example\r\n", "250-X SMTPUTF8\r\n", "550 SMTPUTF8\r\n"}) replies.add(line);
  EXPECT_FALSE(replies.offers_smtputf8());
  replies.add("250 SMTPUTF8\r\n");
  EXPECT_TRUE(replies.offers_smtputf8());
}

}  // namespace
}  // namespace rowan::mail
