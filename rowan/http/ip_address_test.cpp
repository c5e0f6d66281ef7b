#include <gtest/gtest.h>

#include <rowan/http/ip_address.hpp>

namespace rowan::http {
namespace {

TEST(IpAddress, WritesOneSpelling) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->text(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("2001:DB8:0:0:0:0:0:1")->text(), "2001:db8::1");
  EXPECT_EQ(IpAddress().text(), "::");
}

TEST(IpAddress, IsTheSameMappedOrNot) {  // THR-14
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1"), IpAddress::parse("192.0.2.1"));
  EXPECT_EQ(IpAddress::parse("::ffff:c000:201")->bucket(), "192.0.2.1");
}

TEST(IpAddress, BucketsIpv6ByItsNetwork) {  // THR-14
  EXPECT_EQ(IpAddress::parse("2001:db8:1:2:3:4:5:6")->bucket(), "2001:db8:1:2::/64");
  EXPECT_EQ(IpAddress::parse("2001:db8:1:2::")->bucket(),
            IpAddress::parse("2001:db8:1:2:ffff:ffff:ffff:ffff")->bucket());
  EXPECT_NE(IpAddress::parse("2001:db8:1:3::")->bucket(), IpAddress::parse("2001:db8:1:2::")->bucket());
  EXPECT_NE(IpAddress::parse("192.0.2.1")->bucket(), IpAddress::parse("192.0.2.2")->bucket());
}

TEST(IpAddress, TellsTheNetworkItIsIn) {
  const auto v4 = *IpAddress::parse("203.0.113.77"), v6 = *IpAddress::parse("2001:db8:1:2:3:4:5:6");
  EXPECT_EQ(v4.network(24), "203.0.113.0/24");
  EXPECT_EQ(v4.network(27), "203.0.113.64/27");
  EXPECT_EQ(v4.network(0), "0.0.0.0/0");
  EXPECT_EQ(v4.network(64), "203.0.113.77/32");
  EXPECT_EQ(v6.network(48), "2001:db8:1::/48");
  EXPECT_EQ(v6.network(44), "2001:db8::/44");
  EXPECT_EQ(v6.network(128), "2001:db8:1:2:3:4:5:6/128");
}

TEST(IpAddress, RefusesEveryOtherSpelling) {
  for (const std::string_view text :
       {"",           " ",          "1",        "1.2.3",     "1.2.3.4.5",  "256.0.0.1", "01.2.3.4",
        "0x7f.0.0.1", "2130706433", "1.2.3.4 ", " 1.2.3.4",  "1.2.3.4:80", "[::1]",     "::1%eth0",
        ":::",        "1::2::3",    "g::",      "localhost", "12345::",    "::1.2.3",   "1.2.3.4/8"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)));
  EXPECT_FALSE(IpAddress::parse(std::string(100'000, '1')));
}

TEST(IpAddress, KnowsLoopback) {
  for (const auto* text : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(IpAddress::parse(text)->is_loopback()) << text;
  for (const auto* text : {"128.0.0.1", "126.255.255.255", "::", "::2", "1::1", "10.0.0.1"})
    EXPECT_FALSE(IpAddress::parse(text)->is_loopback()) << text;
}

bool contains(std::string_view range, std::string_view address) {
  return IpRange::parse(range)->contains(*IpAddress::parse(address));
}

TEST(IpRange, ContainsItsNetworkAndNothingElse) {  // THR-05
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.255"));
  EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(contains("192.0.2.1", "192.0.2.0"));
  EXPECT_TRUE(contains("fd00::/8", "fdff::1"));
  EXPECT_FALSE(contains("fd00::/8", "fe00::1"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::"));
}

TEST(IpRange, KeepsTheFamiliesApart) {
  EXPECT_TRUE(contains("0.0.0.0/0", "255.255.255.255"));
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(contains("::/0", "2001:db8::1"));
  EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
}

TEST(IpRange, RefusesEveryOtherSpelling) {
  for (const auto* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8x",
                           "10.0.0.0/ 8", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "10/8", "10.0.0.0/4294967304"})
    EXPECT_FALSE(IpRange::parse(text)) << text;
}

}  // namespace
}  // namespace rowan::http
