#include <gtest/gtest.h>

#include <rowan/mail/mailbox/memory_mailbox.hpp>
#include <thread>

namespace rowan::mail {
namespace {

OutgoingMail mail_to(std::string to, std::string id = "m1", std::string text = "hello\n") {
  return {.message = {.to = std::move(to), .subject = "S", .text = std::move(text), .html = "<p>", .kind = "k"},
          .message_id = id + "@id.example",
          .created = *parse_rfc3339("2026-11-24T22:15:22Z"),
          .sent = *parse_rfc3339("2026-11-24T22:15:23Z")};
}

std::string id_of(const Json& mail) { return std::string(mail.find("id")->as_text().value()); }

TEST(DevelopmentMailbox, ShowsWhatTheContractSays) {
  const auto mailer = open_mailer("mailbox?from=no-reply@id.example&from_name=Acme");
  mailer->deliver(mail_to("anna@example.org", "m1", "Your code:\n\n123456\n\nor https://id.example/x.\n"));
  mailer->deliver(mail_to("bob@example.org", "m2"));
  EXPECT_EQ(
      mailer->mailbox()->list().text(),
      R"([{"id":"m2","to":"bob@example.org","from":"no-reply@id.example","subject":"S","text":"hello\n","html":"<p>",)"
      R"("links":[],"code":null,"sent_at":"2026-11-24T22:15:23.000000Z"},)"
      R"({"id":"m1","to":"anna@example.org","from":"no-reply@id.example","subject":"S",)"
      R"("text":"Your code:\n\n123456\n\nor https://id.example/x.\n","html":"<p>",)"
      R"("links":["https://id.example/x"],"code":"123456","sent_at":"2026-11-24T22:15:23.000000Z"}])");
}

TEST(DevelopmentMailbox, FiltersByAddressIgnoringCase) {
  const auto mailer = open_mailer("mailbox");
  mailer->deliver(mail_to("Anna@Example.org"));
  mailer->deliver(mail_to("bob@example.org"));
  EXPECT_EQ(mailer->mailbox()->list("anna@example.ORG").items().size(), 1U);
  EXPECT_EQ(mailer->mailbox()->list("anna@example").items().size(), 0U);
  mailer->mailbox()->clear();
  EXPECT_EQ(mailer->mailbox()->list().text(), "[]");
}

TEST(DevelopmentMailbox, ForgetsTheOldestBeyondAThousand) {
  const auto mailer = open_mailer("mailbox");
  for (int i = 0; i < 1002; ++i) mailer->deliver(mail_to("a@b.example", "m" + std::to_string(i)));
  const auto mails = mailer->mailbox()->list().items();
  ASSERT_EQ(mails.size(), 1000U);
  EXPECT_EQ(id_of(mails.front()), "m1001");
  EXPECT_EQ(id_of(mails.back()), "m2");
}

// INJ-03
TEST(DevelopmentMailbox, RefusesWhatSmtpCouldNotCarry) {
  const auto mailer = open_mailer("mailbox");
  auto mail = mail_to("a@b.example");
  mail.message.subject = "a\r\nBcc: x@y.example";
  EXPECT_EQ(mailer->deliver(mail).delivery, Delivery::refused);
  EXPECT_EQ(mailer->mailbox()->list().text(), "[]");
}

TEST(DevelopmentMailbox, TakesMailsFromSeveralThreads) {
  const auto mailer = open_mailer("mailbox");
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        mailer->deliver(mail_to("t" + std::to_string(t) + "@b.example"));
        mailer->mailbox()->list("t0@b.example");
      }
    });
  }
  threads.clear();
  EXPECT_EQ(mailer->mailbox()->list().items().size(), 200U);
}

}  // namespace
}  // namespace rowan::mail
