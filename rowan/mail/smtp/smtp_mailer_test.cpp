#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <rowan/base/base64.hpp>
#include <rowan/mail/smtp/smtp_mailer.hpp>
#include <rowan/mail/smtp/smtp_server_for_tests.hpp>

namespace rowan::mail {
namespace {

using for_tests::Certificate;
using for_tests::SmtpScript;
using for_tests::SmtpServer;
using Commands = std::vector<std::string>;

OutgoingMail mail_to(std::string to, std::string text = "Hello\n") {
  return {.message =
              {.to = std::move(to), .subject = "Grüße", .text = std::move(text), .html = "<p>Hello</p>\n", .kind = "k"},
          .message_id = "m1@id.example",
          .created = *parse_rfc3339("2026-11-24T22:15:22Z"),
          .sent = *parse_rfc3339("2026-11-24T22:15:22Z")};
}

std::unique_ptr<Mailer> mailer_for(const SmtpServer& server, MailerOptions options = {}) {
  return open_mailer("smtp://127.0.0.1:" + server.port() + "?from=no-reply@id.example", std::move(options));
}

DeliveryReport deliver_to(SmtpScript script, std::string to = "marker@example.org") {
  const SmtpServer server(std::move(script));
  return mailer_for(server, {.timeout = std::chrono::seconds(2)})->deliver(mail_to(std::move(to)));
}

TEST(SmtpMailer, CarriesTheMailOverARealConversation) {
  const SmtpServer server;
  const auto mailer = mailer_for(server);
  const auto mail = mail_to("anna@example.org");
  const auto report = mailer->deliver(mail);
  EXPECT_EQ(report.delivery, Delivery::sent) << report.detail;
  const auto bytes = write_mime(mail, {.address = {.local = "no-reply", .domain = "id.example"}})->bytes;
  EXPECT_EQ(server.mails(), Commands{bytes});
  const auto size = std::to_string(bytes.size());
  EXPECT_EQ(server.commands(), (Commands{"EHLO id.example", "MAIL FROM:<no-reply@id.example> SIZE=" + size,
                                         "RCPT TO:<anna@example.org>", "DATA"}));
  EXPECT_EQ(mailer->domain(), "id.example");
}

TEST(SmtpMailer, KeepsTheConnectionForTheNextMail) {
  const SmtpServer server;
  const auto mailer = mailer_for(server);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(mailer->deliver(mail_to("anna@example.org")).delivery, Delivery::sent);
  EXPECT_EQ(server.mails().size(), 3U);
  EXPECT_EQ(server.connections(), 1);
}

// INJ-03
TEST(SmtpMailer, CarriesLinesOfDotsUnharmed) {
  const SmtpServer server;
  const auto mail = mail_to("anna@example.org", ".\n..\n.\r\nMAIL FROM:<x@y.example>\n.");
  EXPECT_EQ(mailer_for(server)->deliver(mail).delivery, Delivery::sent);
  ASSERT_EQ(server.mails().size(), 1U);
  EXPECT_NE(server.mails()[0].find("\r\n\r\n=2E\r\n=2E.\r\n=2E\r\nMAIL FROM:<x@y.example>\r\n=2E\r\n"),
            std::string::npos);
  EXPECT_EQ(std::ranges::count(server.commands(), "MAIL FROM:<x@y.example>"), 0);
}

// INJ-03
TEST(SmtpMailer, RefusesARecipientWithInjectedCommandsBeforeItConnects) {
  const SmtpServer server;
  for (const char* to :
       {"a@b.example>\r\nRCPT TO:<c@d.example", "a@b.example> NOTIFY=NEVER", "a@b.example,c@d.example"}) {
    EXPECT_EQ(mailer_for(server)->deliver(mail_to(to)).delivery, Delivery::refused) << to;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(SmtpMailer, TriesAgainAfterATemporaryAnswerAtEveryStep) {
  for (const char* step : {"GREETING", "MAIL", "RCPT", "DATA", "BODY"}) {
    const auto report = deliver_to({.answers = {{step, "451 4.3.0 marker later"}}});
    EXPECT_EQ(report.delivery, Delivery::try_again) << step;
    EXPECT_EQ(report.detail, "SMTP 451 4.3.0") << step;
  }
}

TEST(SmtpMailer, GivesUpAfterAPermanentAnswerToTheMail) {
  for (const char* step : {"MAIL", "RCPT", "DATA", "BODY"}) {
    const auto report = deliver_to({.answers = {{step, "550 5.1.1 <marker@example.org> unknown"}}});
    EXPECT_EQ(report.delivery, Delivery::refused) << step;
    EXPECT_EQ(report.detail, "SMTP 550 5.1.1") << step;
  }
}

TEST(SmtpMailer, TriesAgainWhenTheServerRefusesTheSession) {
  EXPECT_EQ(deliver_to({.answers = {{"GREETING", "554 5.3.2 closed"}}}).delivery, Delivery::try_again);
  EXPECT_EQ(deliver_to({.answers = {{"MAIL", "530 5.7.0 authenticate first"}}}).delivery, Delivery::try_again);
}

TEST(SmtpMailer, TriesAgainWhenTheConnectionBreaksAtAnyStep) {
  for (const char* step : {"GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY"}) {
    EXPECT_EQ(deliver_to({.answers = {{step, "drop"}}}).delivery, Delivery::try_again) << step;
  }
  const auto nobody = open_mailer("smtp://127.0.0.1:1", {.timeout = std::chrono::seconds(2)});
  EXPECT_EQ(nobody->deliver(mail_to("anna@example.org")).delivery, Delivery::try_again);
}

// CFG-01
TEST(SmtpMailer, WaitsForAHangingServerNoLongerThanTheTimeout) {
  for (const char* step : {"GREETING", "RCPT", "BODY"}) {
    const SmtpServer server({.answers = {{step, "hang"}}});
    const auto mailer = mailer_for(server, {.timeout = std::chrono::seconds(1)});
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(mailer->deliver(mail_to("anna@example.org")).delivery, Delivery::try_again) << step;
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10)) << step;
  }
}

TEST(SmtpMailer, LogsIn) {
  const SmtpServer server({.offers = {"AUTH PLAIN"}});
  const auto mailer = open_mailer("smtp://rowan:p%40ss@127.0.0.1:" + server.port());
  EXPECT_EQ(mailer->deliver(mail_to("anna@example.org")).delivery, Delivery::sent);
  const std::string plain = to_base64(as_bytes(std::string_view("\0rowan\0p@ss", 11)));
  ASSERT_GT(server.commands().size(), 1U);
  EXPECT_EQ(server.commands()[1], "AUTH PLAIN " + plain);
}

TEST(SmtpMailer, TriesAgainWhenTheLogInFails) {
  const SmtpServer server({.offers = {"AUTH PLAIN"}, .answers = {{"AUTH", "535 5.7.8 wrong"}}});
  const auto mailer = mailer_for(
      server, {.username = "rowan", .password = std::make_shared<const Secret>(Secret::from_text("hunter2"))});
  const auto report = mailer->deliver(mail_to("anna@example.org"));
  EXPECT_EQ(report.delivery, Delivery::try_again);
  EXPECT_EQ(report.detail, "SMTP 535 5.7.8");
  EXPECT_TRUE(server.mails().empty());
}

TEST(SmtpMailer, TriesTheNextWayToLogInThatIsOffered) {
  const SmtpServer server({.offers = {"AUTH CRAM-MD5 DIGEST-MD5 PLAIN"},
                           .answers = {{"AUTH CRAM-MD5", "535 5.7.8 no"}, {"AUTH DIGEST-MD5", "535 5.7.8 no"}}});
  const auto mailer = mailer_for(
      server, {.username = "rowan", .password = std::make_shared<const Secret>(Secret::from_text("hunter2"))});
  EXPECT_EQ(mailer->deliver(mail_to("anna@example.org")).delivery, Delivery::sent);
  const auto tries = [&] {
    return std::ranges::count_if(server.commands(), [](const auto& line) { return line.starts_with("AUTH "); });
  };
  const auto before = tries();
  EXPECT_EQ(before, 2);
  EXPECT_EQ(mailer->deliver(mail_to("bob@example.org")).delivery, Delivery::sent);
  EXPECT_LE(tries(), before + 1) << "what worked is used from then on";
}

TEST(SmtpMailer, SendsAtOnceWhenTheServerHasGivenUpAKeptConnection) {
  for (const auto* end : {"421 4.4.2 idle too long", "drop"}) {
    const SmtpServer server({.second_mail = end});
    const auto mailer = mailer_for(server);
    EXPECT_EQ(mailer->deliver(mail_to("anna@example.org")).delivery, Delivery::sent);
    EXPECT_EQ(mailer->deliver(mail_to("bob@example.org")).delivery, Delivery::sent) << end;
    EXPECT_EQ(server.mails().size(), 2U);
    EXPECT_EQ(server.connections(), 2);
  }
}

// A grey list (RFC 6647) wants the mail later, not at once over another connection.
TEST(SmtpMailer, TakesARefusalOverAKeptConnectionForTheAnswerItIs) {
  for (const auto& [refusal, delivery] : {std::pair{"451 4.7.1 come back later", Delivery::try_again},
                                          std::pair{"550 5.1.1 no such mailbox", Delivery::refused}}) {
    const SmtpServer server({.second_recipient = refusal});
    const auto mailer = mailer_for(server);
    EXPECT_EQ(mailer->deliver(mail_to("anna@example.org")).delivery, Delivery::sent);
    EXPECT_EQ(mailer->deliver(mail_to("bob@example.org")).delivery, delivery) << refusal;
    EXPECT_EQ(server.mails().size(), 1U);
    EXPECT_EQ(server.connections(), 1);
  }
}

TEST(SmtpMailer, SendsALocalPartBeyondAsciiOnlyWithSmtputf8) {
  {
    const SmtpServer server({.offers = {"SMTPUTF8"}});
    EXPECT_EQ(mailer_for(server)->deliver(mail_to("jürgen@example.org")).delivery, Delivery::sent);
    ASSERT_GT(server.commands().size(), 2U);
    EXPECT_TRUE(server.commands()[1].ends_with(" SMTPUTF8")) << server.commands()[1];
    EXPECT_EQ(server.commands()[2], "RCPT TO:<jürgen@example.org>");
  }
  const SmtpServer server;
  const auto report = mailer_for(server)->deliver(mail_to("jürgen@example.org"));
  EXPECT_EQ(report.delivery, Delivery::refused);
  EXPECT_EQ(report.detail, "the server does not support SMTPUTF8, which this address needs");
  EXPECT_TRUE(server.mails().empty());
}

// 0.0.0.0 reaches this machine, but is not loopback to us: what a server somewhere else is.
std::unique_ptr<Mailer> far_mailer(const SmtpServer& server, std::string scheme, const std::string& ca_file,
                                   bool require_tls = true) {
  return open_mailer(scheme + "://u:p@0.0.0.0:" + server.port() + "?from=no-reply@id.example",
                     {.require_tls = require_tls, .timeout = std::chrono::seconds(5), .ca_file = ca_file});
}

TEST(SmtpMailer, NamesTheOptionForARelayWithoutTls) {
  const SmtpServer server;
  const auto report = far_mailer(server, "smtp", "")->deliver(mail_to("anna@example.org"));
  EXPECT_EQ(report.delivery, Delivery::try_again);
  EXPECT_NE(report.detail.find("require_tls=false"), std::string::npos) << report.detail;
}

// TLS-01
TEST(SmtpMailer, SpeaksStartTlsBeforeItLogsIn) {
  const Certificate certificate("IP:0.0.0.0");
  const SmtpServer server({.offers = {"AUTH PLAIN"}, .certificate = &certificate});
  const auto report = far_mailer(server, "smtp", certificate.pem_file())->deliver(mail_to("anna@example.org"));
  EXPECT_EQ(report.delivery, Delivery::sent) << report.detail;
  const auto commands = server.commands();
  ASSERT_GE(commands.size(), 8U);
  EXPECT_EQ((Commands{commands.begin(), commands.begin() + 4}),
            (Commands{"EHLO id.example", "STARTTLS", "[TLS]", "EHLO id.example"}));
  EXPECT_TRUE(commands[4].starts_with("AUTH PLAIN "));
}

// TLS-01
TEST(SmtpMailer, SpeaksTlsFromTheFirstByteOnSmtps) {
  const Certificate certificate("IP:127.0.0.1");
  const SmtpServer server({.certificate = &certificate, .tls_at_once = true});
  const auto mailer = open_mailer("smtps://127.0.0.1:" + server.port() + "?ca=" + certificate.pem_file());
  EXPECT_EQ(mailer->deliver(mail_to("anna@example.org")).delivery, Delivery::sent);
  EXPECT_EQ(server.commands().at(0), "[TLS]");
}

// TLS-01
TEST(SmtpMailer, SendsNothingToARemoteServerWithoutTls) {
  const SmtpServer server({.offers = {"AUTH PLAIN"}});
  EXPECT_EQ(far_mailer(server, "smtp", "")->deliver(mail_to("anna@example.org")).delivery, Delivery::try_again);
  for (const auto& command : server.commands())
    EXPECT_TRUE(command.starts_with("EHLO") || command == "QUIT") << command;
  EXPECT_EQ(far_mailer(server, "smtp", "", false)->deliver(mail_to("anna@example.org")).delivery, Delivery::sent);
}

// TLS-01
TEST(SmtpMailer, RejectsUntrustedAndMismatchedCertificates) {
  const Certificate right("IP:0.0.0.0,IP:127.0.0.1"), wrong_name("DNS:mail.example");
  const SmtpServer stranger({.certificate = &right});
  EXPECT_EQ(far_mailer(stranger, "smtp", wrong_name.pem_file())->deliver(mail_to("anna@example.org")).delivery,
            Delivery::try_again);
  EXPECT_EQ(far_mailer(stranger, "smtp", "")->deliver(mail_to("anna@example.org")).delivery, Delivery::try_again);
  EXPECT_EQ(mailer_for(stranger)->deliver(mail_to("anna@example.org")).delivery,
            Delivery::try_again);  // also on loopback
  const SmtpServer misnamed({.certificate = &wrong_name});
  EXPECT_EQ(far_mailer(misnamed, "smtp", wrong_name.pem_file())->deliver(mail_to("anna@example.org")).delivery,
            Delivery::try_again);
  for (const auto* server : {&stranger, &misnamed}) {
    EXPECT_TRUE(server->mails().empty());
    for (const auto& command : server->commands())
      EXPECT_FALSE(command.starts_with("MAIL") || command.starts_with("AUTH"));
  }
}

}  // namespace
}  // namespace rowan::mail
