#include <gtest/gtest.h>

#include <rowan/http/media.hpp>

namespace rowan::http {
namespace {

TEST(MediaType, IsReadWithItsParameters) {
  const auto type = parse_media_type(" Text/HTML ;\tCharset=\"utf-8\" ; x=\"a\\\"b; c\"");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->name, "text/html");
  EXPECT_EQ(type->parameter("charset"), "utf-8");
  EXPECT_EQ(type->parameter("x"), "a\"b; c");
  EXPECT_EQ(type->parameter("y"), std::nullopt);
}

TEST(MediaType, RefusesEverythingElse) {
  for (const auto* text : {"",
                           "text",
                           "text/",
                           "/html",
                           "text/html/x",
                           "text /html",
                           "text/ html",
                           "text/html;",
                           "text/html; ",
                           "text/html; a",
                           "text/html; a=",
                           "text/html; =b",
                           "text/html; a =b",
                           "text/html; a= b",
                           "text/html; a=\"b",
                           "text/html; a=\"b\\",
                           "text/html; a=b; a=c",
                           "text/html; a=b; A=c",
                           "text/html x",
                           "text/html, text/plain",
                           "text/html; a=\"\x01\"",
                           "text/html; a=\"b\"c",
                           "text/html;; a=b",
                           "t\xC3\xA9xt/html"})
    EXPECT_FALSE(parse_media_type(text)) << text;
  EXPECT_FALSE(parse_media_type("a/b; c=" + std::string(512, 'd')));
}

TEST(AcceptsJson, WhenJsonIsListedWithAtLeastTheQualityOfHtml) {
  for (const auto* accept :
       {"application/json", "Application/JSON;q=0.1", "text/plain, application/json",
        "application/json, text/html;q=0.9", "application/json, text/html", "*/*;q=0.1, application/json",
        "application/json; charset=utf-8", "broken, application/json"})
    EXPECT_TRUE(accepts_json(accept)) << accept;
  for (const auto* accept :
       {"", "*/*", "application/*", "text/html", "text/html, application/json;q=0.9", "application/json;q=0",
        "application/json;q=0.000", "application/jsonx", "application/json;q=2",
        "application/json;q=", "application/json;q=x", "application/json;q=0.1234", "application/json;q=1.001",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"})
    EXPECT_FALSE(accepts_json(accept)) << accept;
  EXPECT_FALSE(accepts_json(std::string(2048, ' ') + "application/json"));
}

TEST(AcceptLanguage, ListsTheBestFirst) {
  const std::vector<LanguageRange> expected{{"de-at", 1000}, {"de", 900}, {"en", 900}, {"fr", 5}};
  EXPECT_EQ(parse_accept_language("fr;q=0.005, de-AT, de;q=0.9 , en; q=0.900, it;q=0"), expected);
}

TEST(AcceptLanguage, SkipsMalformedRanges) {
  const std::vector<LanguageRange> expected{{"de", 1000}};
  for (const auto* field :
       {"de", ",,de,,", "d\xC3\xA9, de", "toolonglanguage, de", "de, en;q=1.5", "de, en;q", "de, en;q=0.5;q=0.5",
        "de, en;level=1", "1de, de", "-, de, en-", "de, en-toolongsubtag", "../../etc, de", "de, a b"})
    EXPECT_EQ(parse_accept_language(field), expected) << field;
  EXPECT_TRUE(parse_accept_language("").empty());
  EXPECT_EQ(parse_accept_language("*").front().tag, "*");
}

TEST(AcceptLanguage, IsBounded) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "de,";
  EXPECT_EQ(parse_accept_language(many).size(), 16U);
  EXPECT_TRUE(parse_accept_language(std::string(2046, ' ') + "de,").empty());
  EXPECT_TRUE(parse_accept_language("a-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa").empty());
}

}  // namespace
}  // namespace rowan::http
