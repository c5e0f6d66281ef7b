#include <gtest/gtest.h>

#include <rowan/base/email_address.hpp>
#include <rowan/base/unicode.hpp>

namespace rowan {
namespace {

std::string key(std::string_view typed) {
  const auto address = EmailAddress::parse(typed);
  return address ? address->key().text() : "refused";
}

TEST(EmailAddress, KeepsWhatWasTypedAndFindsByKey) {
  const auto address = EmailAddress::parse(" Ada.Lovelace+x@Example.COM\t");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->shown(), "Ada.Lovelace+x@Example.COM");
  EXPECT_EQ(address->key().text(), "ada.lovelace+x@example.com");
  EXPECT_EQ(address->local_part(), "Ada.Lovelace+x");
  EXPECT_EQ(address->domain(), "example.com");
}

TEST(EmailAddress, HasNoRulesAboutDotsOrPlusSigns) {
  EXPECT_NE(key("a.b@example.com"), key("ab@example.com"));
  EXPECT_NE(key("a+x@example.com"), key("a@example.com"));
}

TEST(EmailAddress, AcceptsCommonAddresses) {
  for (const auto* typed : {"a@b.co", "a@localhost", "a@LOCALHOST", "o'brien@example.ie",
                            "!#$%&'*+-/=?^_`{|}~@example.com", "1@2.example", "a@3com.com", "a@r3---sn.example.com",
                            "a-b_c@sub.domain.example.museum", "\xE7\x94\xA8\xE6\x88\xB7@example.com"})
    EXPECT_NE(key(typed), "refused") << typed;
}

TEST(EmailAddress, RefusesAnythingButASingleMailbox) {
  for (const auto* typed : {"",
                            " ",
                            "a",
                            "@",
                            "a@",
                            "@b.co",
                            "a@b",
                            "a@b@c.co",
                            "a@b.co,c@d.co",
                            "a@b.co;c@d.co",
                            "<a@b.co>",
                            "A <a@b.co>",
                            "a b@c.co",
                            "a@b .co",
                            "a@ b.co",
                            ".a@b.co",
                            "a.@b.co",
                            "a..b@c.co",
                            "a@.b.co",
                            "a@b..co",
                            "a@b.co.",
                            "a@-b.co",
                            "a@b-.co",
                            "a@b_c.co",
                            "a@[127.0.0.1]",
                            "a@127.0.0.1",
                            "a@[IPv6:::1]",
                            "\"a b\"@c.co",
                            "\"a\"@c.co",
                            "a(comment)@b.co",
                            "a\\b@c.co",
                            "a@b.co/x",
                            "a@b.co:25",
                            "a@b%2eco",
                            "localhost",
                            "a@b.1",
                            "mailto:a@b.co?x@y.z"})
    EXPECT_EQ(key(typed), "refused") << typed;
}

TEST(EmailAddress, RefusesHeaderInjection) {  // INJ-03
  for (const std::string_view typed : {"a@b.co\r\nBcc: c@d.co", "a@b.co\n", "\ra@b.co", "a\n@b.co", "a@b.co%0a\n",
                                       "a\t@b.co", "a\x7F@b.co", "a\xC2\x85@b.co", "a\xE2\x80\xA8@b.co"})
    EXPECT_EQ(key(typed), "refused") << typed;
  EXPECT_EQ(key(std::string_view("a@b.co\0", 7)), "refused");
}

TEST(EmailAddress, RefusesInvisibleCharactersAndLookalikesOfAt) {
  for (const auto* typed : {"a\xE2\x80\x8B@b.co", "a\xC2\xA0@b.co", "a\xC2\xAD@b.co", "a\xE2\x80\xAE@b.co",
                            "\xEF\xBB\xBF"
                            "a@b.co",
                            "a\xEF\xB8\x8F@b.co", "a\xE3\x80\x80@b.co", "a\xF3\xA0\x81\xA1@b.co", "a\xEF\xBC\xA0x@b.co",
                            "a\xEF\xBF\xBF@b.co",
                            "a@ex\xC2\xAD"
                            "ample.com",
                            "a@exam\xE2\x80\x8Dple.com"})
    EXPECT_EQ(key(typed), "refused") << typed;
}

TEST(EmailAddress, RefusesBrokenUtf8) {
  for (const auto* typed : {"a\xFF@b.co", "a\xC3@b.co", "a@b\xC0\xAE.co", "a\xED\xA0\x80@b.co"})
    EXPECT_EQ(key(typed), "refused") << typed;
}

TEST(EmailAddress, HoldsTheLimitsOfRfc5321) {
  const std::string local64(64, 'a'), label63(63, 'b');
  EXPECT_NE(key(local64 + "@b.co"), "refused");
  EXPECT_EQ(key(local64 + "a@b.co"), "refused");
  EXPECT_NE(key("a@" + label63 + ".co"), "refused");
  EXPECT_EQ(key("a@" + label63 + "b.co"), "refused");
  const std::string domain = label63 + '.' + label63 + '.' + label63;     // 191 octets
  EXPECT_NE(key(std::string(60, 'a') + '@' + domain + ".c"), "refused");  // 254 in all
  EXPECT_EQ(key(std::string(61, 'a') + '@' + domain + ".c"), "refused");
  EXPECT_EQ(key(std::string(100'000, '@')), "refused");
  EXPECT_EQ(key(std::string(33, 'a').replace(0, 0, std::string(32, '\xC3')) + "@b.co"), "refused");
}

TEST(EmailAddress, CountsTheLocalPartInOctets) {
  std::string local;
  for (int i = 0; i < 32; ++i) local += "\xC3\xA9";
  EXPECT_NE(key(local + "@b.co"), "refused");
  EXPECT_EQ(key(local + "a@b.co"), "refused");
}

TEST(EmailAddress, GivesAllSpellingsOfADomainOneKey) {
  const std::string expected = "a@xn--mnchen-3ya.example";
  EXPECT_EQ(key("a@m\xC3\xBCnchen.example"), expected);
  EXPECT_EQ(key("a@mu\xCC\x88nchen.example"), expected);
  EXPECT_EQ(key("a@M\xC3\x9CNCHEN.EXAMPLE"), expected);
  EXPECT_EQ(key("a@xn--mnchen-3ya.example"), expected);
  EXPECT_EQ(key("a@XN--MNCHEN-3YA.example"), expected);
}

TEST(EmailAddress, KeepsSharpS) {  // IDNA2008, non-transitional: not "fass.de"
  EXPECT_EQ(key("a@fa\xC3\x9F.de"), "a@xn--fa-hia.de");
}

TEST(EmailAddress, RefusesDomainsIdnaRefuses) {
  for (const auto* typed : {"a@\xE2\x98\x83.net", "a@xn--a.de", "a@xn--abc.de", "a@xn--.de", "a@xn--a-.de",
                            "a@a\xE3\x80\x82"
                            "b.com",
                            "a@\xE2\x84\x80.com", "a@\xE2\x92\x88.com", "a@-\xC3\xBC.de", "a@_\xC3\xBC.de"})
    EXPECT_EQ(key(typed), "refused") << typed;
}

TEST(EmailAddress, ComposesTheLocalPartAndLowersItsAsciiOnly) {
  const auto address = EmailAddress::parse(
      "E\xCC\x81"
      "COLE\xC3\x89@example.com");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->shown(),
            "\xC3\x89"
            "COLE\xC3\x89@example.com");
  EXPECT_EQ(address->key().text(),
            "\xC3\x89"
            "cole\xC3\x89@example.com");
}

TEST(EmailAddress, HasAnIdempotentKey) {
  // "H" + U+0331 is in NFC, "h" + U+0331 is not: lowering must be followed by composing.
  for (const auto* typed :
       {"H\xCC\xB1@example.com", "Ada@M\xC3\x9CNCHEN.example", "\xC7\xB0@example.com", "J\xCC\x8C@example.com"}) {
    EXPECT_EQ(key(key(typed)), key(typed)) << typed;
    EXPECT_EQ(to_nfc(key(typed)), key(typed)) << typed;
  }
}

TEST(EmailAddress, SaysInvalidWithoutAField) {
  const auto address = EmailAddress::parse("nobody");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code, ErrorCode::invalid_input);
  ASSERT_EQ(address.error().fields.size(), 1U);
  EXPECT_EQ(address.error().fields[0].field, "");
  EXPECT_EQ(address.error().fields[0].code, "invalid");
}

TEST(EmailAddress, PutsNothingTypedIntoTheReason) {  // LOG-02
  const auto address = EmailAddress::parse("marker marker@example.com");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().reason.find("marker"), std::string::npos);
}

}  // namespace
}  // namespace rowan
