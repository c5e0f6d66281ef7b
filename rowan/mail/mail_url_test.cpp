#include <gtest/gtest.h>

#include <rowan/base/config_error.hpp>
#include <rowan/mail/mail_url.hpp>

namespace rowan::mail {
namespace {

std::vector<std::string> problems_of(std::string_view url, MailerOptions options = {}) {
  try {
    read_mail_url(url, std::move(options));
  } catch (const ConfigError& error) {
    return error.problems();
  }
  return {};
}

TEST(MailUrl, ReadsEveryPart) {
  const auto url = read_mail_url(
      "smtp://rowan%40id.example:p%3Ass%2F%40@mail.example:587?from=a%2Bb@id.example&from_name=Acme%20Id&ca=/x.pem",
      {});
  EXPECT_EQ(url.transport, Transport::smtp);
  EXPECT_EQ(url.host, "mail.example");
  EXPECT_EQ(url.port, 587);
  EXPECT_EQ(url.options.username, "rowan@id.example");
  ASSERT_TRUE(url.options.password);
  EXPECT_EQ(url.options.password->expose(), "p:ss/@");
  EXPECT_EQ(url.sender.address.text(), "a+b@id.example");
  EXPECT_EQ(url.sender.name, "Acme Id");
  EXPECT_EQ(url.options.ca_file, "/x.pem");
}

TEST(MailUrl, KnowsTheUsualPorts) {
  EXPECT_EQ(read_mail_url("smtp://mail.example?from=x@id.example", {}).port, 25);
  EXPECT_EQ(read_mail_url("smtps://mail.example/?from=x@id.example", {}).port, 465);
  EXPECT_EQ(read_mail_url("mailbox", {}).transport, Transport::mailbox);
  EXPECT_EQ(read_mail_url("mailbox?from=x@id.example", {}).sender.address.text(), "x@id.example");
  const auto six = read_mail_url("smtp://[::1]:1025", {});
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.port, 1025);
}

TEST(MailUrl, TakesForLoopbackOnlyWhatIs) {
  for (const char* url : {"smtp://localhost", "smtp://127.0.0.1:25", "smtp://127.1.2.3", "smtp://[::1]"}) {
    EXPECT_TRUE(read_mail_url(url, {}).is_loopback()) << url;
  }
  for (const char* url :
       {"smtp://127.evil.example", "smtp://localhost.example", "smtp://0.0.0.0", "smtp://[::2]", "smtp://10.0.0.1"}) {
    EXPECT_FALSE(read_mail_url(url, {.from = "x@id.example"}).is_loopback()) << url;
  }
}

TEST(MailUrl, SaysWhetherTlsIsRequired) {
  EXPECT_TRUE(read_mail_url("smtp://mail.example?from=x@id.example", {}).options.require_tls);
  EXPECT_FALSE(read_mail_url("smtp://mail.example?from=x@id.example&require_tls=false", {}).options.require_tls);
  EXPECT_EQ(problems_of("smtp://mail.example?from=x@id.example&require_tls=no").size(), 1U);
}

TEST(MailUrl, WantsASenderUnlessTheServerIsOnThisMachine) {
  for (const char* url : {"smtp://mail.example", "smtps://mail.example", "smtp://u:p@10.0.0.1:25"}) {
    const auto problems = problems_of(url);
    ASSERT_EQ(problems.size(), 1U) << url;
    EXPECT_TRUE(problems[0].contains("`from` is missing")) << problems[0];
    EXPECT_TRUE(problems[0].contains("?from=no-reply@your.domain")) << problems[0];
    EXPECT_TRUE(problems_of(url, {.from = "x@id.example"}).empty()) << url;
  }
  for (const char* url : {"smtp://localhost:1025", "smtp://[::1]", "mailbox"})
    EXPECT_EQ(read_mail_url(url, {}).sender.address.text(), "no-reply@localhost") << url;
  EXPECT_FALSE(read_mail_url("smtp://localhost", {}).sender_given);
  EXPECT_TRUE(read_mail_url("smtp://localhost?from=x@id.example", {}).sender_given);
}

TEST(MailUrl, StopsAtWhatItCannotRead) {
  for (const char* url : {"",
                          "http://mail.example",
                          "SMTP://x",
                          "smtp:mail.example",
                          "smtp://",
                          "smtp://:25",
                          "smtp://a b",
                          "smtp://mail.example:0",
                          "smtp://mail.example:65536",
                          "smtp://mail.example:25x",
                          "smtp://mail.example/path",
                          "smtp://[zz]:25",
                          "smtp://[::1]x",
                          "smtp://u%0d%0a:x@mail.example",
                          "smtp://u:%zz@mail.example",
                          "smtp://u:%4@mail.example",
                          "smtp://:p@mail.example",
                          "smtp://mail.example?from=x",
                          "smtp://mail.example?from=",
                          "smtp://mail.example?from_name=a%0Ab",
                          "smtp://mail.example?x=y",
                          "smtp://mail.example\r\n",
                          "smtp://mail.example?from=j%C3%BCrgen@id.example"}) {
    EXPECT_FALSE(problems_of(url).empty()) << url;
  }
}

TEST(MailUrl, NamesAllProblemsAtOnceAndNeverThePassword) {
  const auto problems = problems_of("smtp://:hunter2@mail.example:0?from=marker&x=y");
  EXPECT_EQ(problems.size(), 4U);
  for (const auto& problem : problems) {
    EXPECT_EQ(problem.find("hunter2"), std::string::npos);
    EXPECT_TRUE(problem.starts_with("mail: "));
  }
}

TEST(MailUrl, RefusesAPasswordThatIsMissingOrGivenTwice) {
  const auto secret = [](Secret value) { return std::make_shared<const Secret>(std::move(value)); };
  EXPECT_FALSE(
      problems_of("smtp://u:p@mail.example", {.from = "x@id.example", .password = secret(Secret::from_text("q"))})
          .empty());
  EXPECT_FALSE(problems_of("smtp://u@mail.example",
                           {.from = "x@id.example", .password = secret(Secret::from_file("/nowhere/at/all"))})
                   .empty());
  EXPECT_FALSE(
      problems_of("smtp://mail.example", {.from = "x@id.example", .password = secret(Secret::from_text("q"))}).empty());
  EXPECT_TRUE(problems_of("smtp://u@mail.example", {.from = "x@id.example", .password = secret(Secret::from_text("q"))})
                  .empty());
}

// CFG-01
TEST(MailUrl, RefusesATimeoutThatOutlivesTheLease) {
  EXPECT_FALSE(problems_of("mailbox", {.timeout = std::chrono::minutes(5)}).empty());
  EXPECT_FALSE(problems_of("mailbox", {.timeout = std::chrono::seconds(0)}).empty());
  EXPECT_TRUE(problems_of("mailbox", {.timeout = std::chrono::minutes(4)}).empty());
}

}  // namespace
}  // namespace rowan::mail
