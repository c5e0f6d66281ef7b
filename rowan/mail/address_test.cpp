#include <gtest/gtest.h>

#include <rowan/mail/address.hpp>

namespace rowan::mail {
namespace {

TEST(MailAddress, KeepsTheLocalPartAsItIsSpelled) {
  const auto address = parse_mail_address("First.Last+tag@Example.org");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->text(), "First.Last+tag@example.org");
  EXPECT_FALSE(address->needs_smtputf8());
}

TEST(MailAddress, WritesADomainInALabels) {
  const auto address = parse_mail_address("anna@bücher.example");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->domain, "xn--bcher-kva.example");
  EXPECT_FALSE(address->needs_smtputf8());
}

TEST(MailAddress, SaysThatALocalPartBeyondAsciiNeedsSmtputf8) {
  const auto address = parse_mail_address("jürgen@example.org");
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->needs_smtputf8());
}

// INJ-03
TEST(MailAddress, RefusesCommandAndRecipientInjection) {
  using namespace std::string_view_literals;
  for (const auto text : {"a@b.example\r\nRCPT TO:<c@d.example>"sv,
                          "a\r\n@b.example"sv,
                          "a@b.example\0"sv,
                          "a b@c.example"sv,
                          "<a@b.example>"sv,
                          "a@b.example,c@d.example"sv,
                          "a@b.example c@d.example"sv,
                          "a@b.example> SIZE=1"sv,
                          "\"a b\"@c.example"sv,
                          "@a.example:b@c.example"sv,
                          "a@b@c.example"sv,
                          "a\xC2\x85@b.example"sv,
                          "a\xE2\x80\xA8@b.example"sv,
                          "a\xFF@b.example"sv,
                          "a;b@c.example"sv,
                          "a(b)@c.example"sv,
                          ""sv,
                          "a"sv,
                          "@b.example"sv,
                          "a@"sv,
                          ".a@b.example"sv,
                          "a..b@c.example"sv,
                          "a@b..example"sv,
                          "a@b.example."sv,
                          "a@-b.example"sv,
                          "a@[127.0.0.1]"sv,
                          "a@b_c.example"sv}) {
    EXPECT_FALSE(parse_mail_address(text)) << testing::PrintToString(text);
  }
}

TEST(MailAddress, RefusesMoreThanSmtpCarries) {
  EXPECT_TRUE(parse_mail_address(std::string(64, 'a') + "@b.example"));
  EXPECT_FALSE(parse_mail_address(std::string(65, 'a') + "@b.example"));
  EXPECT_FALSE(parse_mail_address("a@" + std::string(64, 'b') + ".example"));
  std::string labels;
  for (int i = 0; i < 130; ++i) labels += "b.";
  EXPECT_FALSE(parse_mail_address("a@" + labels + "example"));
}

TEST(MailAddress, NeverRepeatsTheAddressInTheReason) {
  const auto refused = parse_mail_address("marker secret@b.example");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason.find("marker"), std::string::npos);
}

}  // namespace
}  // namespace rowan::mail
