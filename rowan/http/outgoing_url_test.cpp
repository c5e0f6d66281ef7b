#include <gtest/gtest.h>

#include <rowan/http/outgoing_url.hpp>

namespace rowan::http {
namespace {

std::string spelt(std::string_view text) {
  const auto url = OutgoingUrl::parse(text);
  return url ? url->text() : "refused";
}

TEST(OutgoingUrls, HaveOneSpelling) {
  EXPECT_EQ(spelt("https://idp.example"), "https://idp.example:443/");
  EXPECT_EQ(spelt("https://IDP.Example:8443/a/../b?c=d&e=%2F"), "https://idp.example:8443/a/../b?c=d&e=%2F");
  EXPECT_EQ(spelt("https://idp.example?a=b"), "https://idp.example:443/?a=b");
  EXPECT_EQ(spelt("http://127.0.0.1:80/"), "http://127.0.0.1:80/");
  EXPECT_EQ(spelt("https://[2001:DB8:0::1]/"), "https://[2001:db8::1]:443/");
  EXPECT_EQ(spelt("https://[::ffff:10.0.0.1]/"), "https://10.0.0.1:443/");
  EXPECT_EQ(spelt("https://xn--bcher-kva.example/"), "https://xn--bcher-kva.example:443/");
  EXPECT_EQ(spelt("https://1.example/"), "https://1.example:443/");
}

TEST(OutgoingUrls, AreRefusedWhenTwoReadersCouldDiffer) {
  for (const char* text : {"",
                           "idp.example",
                           "//idp.example",
                           "ftp://idp.example",
                           "HTTPS://idp.example",
                           "https:/idp.example",
                           "https:///a",
                           "https://",
                           "https://a@idp.example",
                           "https://a:b@idp.example",
                           "https://idp.example\\@b",
                           "https://idp.example/a b",
                           "https://idp.example/\n",
                           "https://idp.example/#a",
                           "https://idp.example#a",
                           "https://idp.example/%",
                           "https://idp.example/%zz",
                           "https://idp.example:0/",
                           "https://idp.example:65536",
                           "https://idp.example:",
                           "https://idp.example:08",
                           "https://idp.example:+1",
                           "https://idp.example:80:80",
                           "https://.example",
                           "https://idp..example",
                           "https://idp.example.",
                           "https://-a.example",
                           "https://a-.example",
                           "https://a_b.example",
                           "https://b\xc3\xbc.example",
                           "https://a%2eexample",
                           "https://[::1",
                           "https://::1",
                           "https://[]",
                           "https://[1.2.3.4]",
                           "https://[::1]x",
                           "https://[fe80::1%25eth0]",
                           "https://[fe80::1%eth0]",
                           "https://1.2.3",
                           "https://1.2.3.4.5",
                           "https://1.2.3.256",
                           "https://01.2.3.4",
                           "https://1.2.3.0x4",
                           "https://a.1",
                           "https://a.0x1",
                           "https://0x",
                           "https://idp.example/\xff",
                           "https://idp.example/<>"})
    EXPECT_EQ(spelt(text), "refused") << text;
  EXPECT_EQ(spelt("https://" + std::string(64, 'a') + ".example"), "refused");
  EXPECT_EQ(spelt("https://idp.example/" + std::string(8192, 'a')), "refused");
  std::string long_name = "a";
  while (long_name.size() < 254) long_name += ".a";
  EXPECT_EQ(spelt("https://" + long_name), "refused");
}

TEST(OutgoingUrls, KnowThisMachine) {
  for (const char* text :
       {"http://localhost/", "http://127.0.0.1/", "http://127.9.9.9/", "http://[::1]/", "http://[::ffff:127.0.0.1]"})
    EXPECT_TRUE(OutgoingUrl::parse(text)->is_loopback()) << text;
  for (const char* text :
       {"http://localhost.example/", "http://128.0.0.1/", "http://[::2]/", "http://127.0.0.1.example/"})
    EXPECT_FALSE(OutgoingUrl::parse(text)->is_loopback()) << text;
}

}  // namespace
}  // namespace rowan::http
