#include <gtest/gtest.h>

#include <rowan/mail/decode_for_tests.hpp>
#include <rowan/mail/mime.hpp>

namespace rowan::mail {
namespace {

const Sender acme{.address = {.local = "no-reply", .domain = "id.example"}, .name = "Acme"};

OutgoingMail reset_mail() {
  return {.message = {.to = "anna@example.org",
                      .subject = "Reset your password",
                      .text = "Hello,\nhttps://id.example/reset?token=a.b\n",
                      .html = "<p>Hello</p>\n",
                      .kind = "password/reset"},
          .message_id = "0193-7a@id.example",
          .created = *parse_rfc3339("2026-11-24T22:15:22Z"),
          .sent = *parse_rfc3339("2026-11-24T23:00:00Z")};
}

TEST(Mime, WritesBothAlternativesPlainestFirst) {
  const auto envelope = write_mime(reset_mail(), acme);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->to.text(), "anna@example.org");
  EXPECT_EQ(envelope->bytes,
            "From: \"Acme\"\r\n"
            " <no-reply@id.example>\r\n"
            "To: <anna@example.org>\r\n"
            "Subject: Reset your password\r\n"
            "Date: Tue, 24 Nov 2026 22:15:22 +0000\r\n"
            "Message-ID: <0193-7a@id.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_rowan_0193-7a\"\r\n"
            "\r\n"
            "--=_rowan_0193-7a\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Hello,\r\n"
            "https://id.example/reset?token=3Da.b\r\n"
            "\r\n"
            "--=_rowan_0193-7a\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "<p>Hello</p>\r\n"
            "\r\n"
            "--=_rowan_0193-7a--\r\n");
}

TEST(Mime, WritesOnePartWhenThereIsNoHtml) {
  auto mail = reset_mail();
  mail.message.html.clear();
  const auto envelope = write_mime(mail, acme);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->bytes.find("multipart"), std::string::npos);
  EXPECT_NE(envelope->bytes.find("Content-Type: text/plain; charset=utf-8\r\n"), std::string::npos);
}

TEST(Mime, IsTheSameBytesAtEveryRetry) {
  auto later = reset_mail();
  later.sent += std::chrono::hours(1);
  EXPECT_EQ(write_mime(reset_mail(), acme)->bytes, write_mime(later, acme)->bytes);
}

TEST(Mime, HasNoListHeaders) { EXPECT_EQ(write_mime(reset_mail(), acme)->bytes.find("List-"), std::string::npos); }

TEST(Mime, NeverWritesTheInternalKind) {
  EXPECT_EQ(write_mime(reset_mail(), acme)->bytes.find("password/reset"), std::string::npos);
}

// INJ-03
TEST(Mime, RefusesAValueThatBreaksOutOfItsHeader) {
  const std::string attack = "x\r\nBcc: victim@example.org";
  const auto refuses = [](const OutgoingMail& mail, const Sender& sender) {
    const auto written = write_mime(mail, sender);
    return !written && written.error().reason.find("victim") == std::string::npos;
  };
  auto mail = reset_mail();
  mail.message.to = "anna@example.org\r\nBcc: victim@example.org";
  EXPECT_TRUE(refuses(mail, acme));
  mail = reset_mail();
  mail.message.subject = attack;
  EXPECT_TRUE(refuses(mail, acme));
  mail = reset_mail();
  mail.message_id = attack;
  EXPECT_TRUE(refuses(mail, acme));
  mail.message_id = "a>b@c";
  EXPECT_TRUE(refuses(mail, acme));
  mail.message_id = "";
  EXPECT_TRUE(refuses(mail, acme));
  EXPECT_TRUE(refuses(reset_mail(), {.address = acme.address, .name = attack}));
}

// INJ-03
TEST(Mime, KeepsABodyInItsPartWhateverItHolds) {
  auto mail = reset_mail();
  mail.message.text = "--=_rowan_0193-7a--\r\n.\r\nMAIL FROM:<x@y.example>\r\n\r\nSubject: fake\n";
  const auto lines = for_tests::lines_of(write_mime(mail, acme)->bytes);
  EXPECT_EQ(std::ranges::count(lines, "--=_rowan_0193-7a--"), 1);
  EXPECT_EQ(std::ranges::count(lines, "--=_rowan_0193-7a"), 2);
  EXPECT_EQ(std::ranges::count_if(lines, [](const std::string& line) { return line.starts_with('.'); }), 0);
}

TEST(Mime, RefusesWhatIsTooLargeOrNotUtf8) {
  auto mail = reset_mail();
  mail.message.html.assign(1024 * 1024, 'x');
  EXPECT_FALSE(write_mime(mail, acme));
  mail = reset_mail();
  mail.message.text = "\xFF";
  EXPECT_FALSE(write_mime(mail, acme));
}

}  // namespace
}  // namespace rowan::mail
