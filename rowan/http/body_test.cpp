#include <gtest/gtest.h>

#include <chrono>
#include <rowan/http/body.hpp>

namespace rowan::http {
namespace {

constexpr std::string_view form = "application/x-www-form-urlencoded";
constexpr std::string_view json = "application/json";

std::string refusal(std::string_view type, std::string_view body, const BodyLimits& limits = {}) {
  const auto fields = parse_body(type, body, limits);
  return fields ? "accepted" : std::string(public_name(fields.error().code));
}

TEST(Body, ParsesToTheSameFieldsInEveryFormat) {
  const std::string multipart =
      "--x\r\nContent-Disposition: form-data; name=\"user[email]\"\r\n\r\na@b.co\r\n"
      "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nt\r\n--x--\r\n";
  for (const auto& [type, body] :
       {std::pair<std::string_view, std::string_view>{form, "user%5Bemail%5D=a%40b.co&token=t"},
        {"multipart/form-data; boundary=x", multipart},
        {json, R"({"user":{"email":"a@b.co"},"token":"t"})"}}) {
    const auto fields = parse_body(type, body);
    ASSERT_TRUE(fields) << type;
    EXPECT_EQ(fields->find({"user", "email"}), "a@b.co");
    EXPECT_EQ(fields->find({"token"}), "t");
    EXPECT_EQ(fields->size(), 2U);
    EXPECT_FALSE(fields->find({"user"}));
    EXPECT_FALSE(fields->find({"email"}));
    EXPECT_EQ(fields->spelled(),
              (std::map<std::string, std::string, std::less<>>{{"token", "t"}, {"user[email]", "a@b.co"}}));
  }
}

TEST(Body, MapsEveryNameToOneFormSpelling) {
  const auto fields =
      parse_body(json, R"({"a":{"b":{"c":1}},"flag":true,"list":[1],"nothing":null,"user[email]":"x","half[":"y"})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->spelled(), (std::map<std::string, std::string, std::less<>>{{"a[b][c]", "1"}, {"flag", "true"}}));
}

TEST(Body, IsReadByItsContentType) {
  EXPECT_EQ(refusal("Application/X-WWW-Form-URLencoded; charset=UTF-8", "a=1"), "accepted");
  EXPECT_EQ(refusal("application/json;charset=\"utf-8\"", "{}"), "accepted");
  EXPECT_EQ(refusal("application/json; profile=x", "{}"), "accepted");
  for (const auto* type : {"", "text/plain", "application/xml", "application/jsonx", "application/json; charset=utf-16",
                           "application/json;", "application", "application/json, text/plain",
                           "application/json; charset=utf-8; charset=utf-8", "text/json", "application/problem+json",
                           "application/x-www-form-urlencoded; charset=iso-8859-1", "multipart/mixed; boundary=x"})
    EXPECT_EQ(refusal(type, "{}"), "unsupported_media_type") << type;
}

TEST(Body, MayBeAbsent) {
  for (const auto type : {std::string_view(), form, json}) {
    const auto fields = parse_body(type, "");
    ASSERT_TRUE(fields) << type;
    EXPECT_TRUE(fields->empty());
  }
  EXPECT_EQ(refusal("text/plain", ""), "unsupported_media_type");
}

TEST(Body, OverItsLimitIsRefusedForEveryContentType) {
  const BodyLimits limits{.body_bytes = 10};
  for (const auto type : {std::string_view(), form, json, std::string_view("text/plain")})
    EXPECT_EQ(refusal(type, "12345678901", limits), "too_large");
  EXPECT_EQ(refusal(form, "a=34567890", limits), "accepted");
}

TEST(Body, QuotesNothingInItsReasons) {  // LOG-02
  for (const auto& [type, body] : {std::pair<std::string_view, std::string_view>{form, "marker=marker%"},
                                   {form, "marker=1&marker=2"},
                                   {json, R"({"marker":1,"marker":2})"},
                                   {json, R"({"marker":"marker)"},
                                   {"text/marker", "x"},
                                   {"multipart/form-data; boundary=marker", "--marker\r\nmarker"}}) {
    const auto fields = parse_body(type, body);
    ASSERT_FALSE(fields);
    EXPECT_EQ(fields.error().reason.find("marker"), std::string::npos) << fields.error().reason;
  }
}

TEST(FormParser, ReadsPairsAsBrowsersSendThem) {
  const auto fields = parse_body(form, "a=1+2&b=&c&d=x%3D%26y=z&&caf%C3%A9=%E2%82%AC&");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->find({"a"}), "1 2");
  EXPECT_EQ(fields->find({"b"}), "");
  EXPECT_EQ(fields->find({"c"}), "");
  EXPECT_EQ(fields->find({"d"}), "x=&y=z");
  EXPECT_EQ(fields->find({"caf\xC3\xA9"}), "\xE2\x82\xAC");
  EXPECT_EQ(fields->size(), 5U);
}

TEST(FormParser, KeepsAPasswordExactly) {  // PWD-03
  const auto fields = parse_body(form, "password=%20p%C3%A9e%CC%81%09%0D%0A+");
  EXPECT_EQ(fields->find({"password"}),
            " p\xC3\xA9"
            "e\xCC\x81\t\r\n ");
}

TEST(FormParser, RefusesABrokenPercentEscape) {
  for (const auto* body : {"a=%", "a=%4", "a=%zz", "%=1", "a=100%&b=1"})
    EXPECT_EQ(refusal(form, body), "malformed_request") << body;
}

TEST(FormParser, RefusesANameThatOccursTwice) {  // INJ-07
  for (const auto* body : {"a=1&a=2", "a=1&a=1", "a&a", "a=1&%61=2", "user[email]=1&user%5bemail%5d=2",
                           "user=1&user[email]=2", "user[email]=2&user=1", "user[a][b]=1&x=2&user[a]=1"})
    EXPECT_EQ(refusal(form, body), "malformed_request") << body;
  EXPECT_EQ(refusal(form, "user=1&user2=1&user3[email]=1&A=1&a=2"), "accepted");
  EXPECT_EQ(refusal(form, "user[a]=1&user[b]=1&other[a]=1&a=1"), "accepted");
}

TEST(FormParser, RefusesNulAndWhatIsNotUtf8) {  // PostgreSQL could not store it
  for (const auto* body : {"a=%00", "%00=a", "a=%FF", "%FF=a", "a=%C0%80", "a=%ED%A0%80", "a=\xFF"})
    EXPECT_EQ(refusal(form, body), "malformed_request") << body;
}

TEST(FormParser, RefusesBrokenNames) {
  for (const auto* body : {"=1", "[a]=1", "a[=1", "a]=1", "a[]=1", "a[b=1", "a[b]c=1", "a[b]]=1", "a[[b]]=1",
                           "a[b][c][d]=1", "a%0Ab=1", "a%1Fb=1", "a%7F=1"})
    EXPECT_EQ(refusal(form, body), "malformed_request") << body;
  EXPECT_EQ(parse_body(form, "a[b][c]=1")->find({"a", "b", "c"}), "1");
}

TEST(FormParser, HoldsItsLimits) {
  const BodyLimits limits{.fields = 2, .name_bytes = 4, .value_bytes = 5};
  EXPECT_EQ(refusal(form, "abcd=12345&b=", limits), "accepted");
  EXPECT_EQ(refusal(form, "a=&b=&c=", limits), "too_large");
  EXPECT_EQ(refusal(form, "abcde=", limits), "too_large");
  EXPECT_EQ(refusal(form, "a=123456", limits), "too_large");
  EXPECT_EQ(refusal(form, "a=" + std::string(8 * 1024, 'x')), "accepted");
  EXPECT_EQ(refusal(form, "a=" + std::string(8 * 1024 + 1, 'x')), "too_large");
}

TEST(JsonBody, KeepsScalarsAsText) {
  const auto fields = parse_body(
      json,
      R"({"s":"x","t":true,"f":false,"n":-12,"z":null,"d":1.5,"o":{"p":{"q":"deep","r":{"s":"deeper"}}},"l":["a"]})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->find({"s"}), "x");
  EXPECT_EQ(fields->find({"t"}), "true");
  EXPECT_EQ(fields->find({"f"}), "false");
  EXPECT_EQ(fields->find({"n"}), "-12");
  EXPECT_EQ(fields->find({"z"}), std::nullopt);
  EXPECT_EQ(fields->find({"d"}), std::nullopt);
  EXPECT_EQ(fields->find({"l"}), std::nullopt);
  EXPECT_EQ(fields->find({"o"}), std::nullopt);
  EXPECT_EQ(fields->find({"o", "p", "q"}), "deep");
  EXPECT_EQ(fields->find({"o", "p", "r", "s"}), std::nullopt);
}

TEST(JsonBody, KeepsObjectsAndArraysAsJson) {
  const auto fields = parse_body(json, R"({"user":{"credential":{"id":"x","response":{"deep":[1,2]}},"none":null}})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->json({"user", "credential"})->text(), R"({"id":"x","response":{"deep":[1,2]}})");
  EXPECT_EQ(fields->json({"user", "credential", "response", "deep"})->items().size(), 2U);
  EXPECT_FALSE(fields->json({"user", "none"}));
  EXPECT_FALSE(fields->json({"user", "absent"}));
  EXPECT_FALSE(fields->json({"user", "credential", "id", "more"}));
}

TEST(JsonBody, IsJsonTextInAForm) {
  EXPECT_EQ(parse_body(form, "user[credential]=%7B%7D")->json({"user", "credential"})->as_text(), "{}");
  EXPECT_FALSE(parse_body(form, "user[credential]=1")->json({"user"}));
}

TEST(JsonBody, ReadsBracketsInAKeyAsParts) {  // one spelling for one field
  const auto fields = parse_body(json, R"({"user[email]":"x"})");
  ASSERT_TRUE(fields);
  EXPECT_FALSE(fields->find({"user", "email"}));
}

TEST(JsonBody, RefusesNonObjectsAndDuplicateKeys) {  // INJ-06, INJ-07
  for (const auto* body : {"[]", "1", "\"x\"", "null", "{", "{}{}", R"({"a":1,"a":2})", R"({"u":{"a":1,"a":2}})",
                           R"({"":1})", R"({"a\u0000":1})", R"({"a\u001fb":1})"})
    EXPECT_EQ(refusal(json, body), "malformed_request") << body;
}

TEST(JsonBody, RefusesNulAtAnyDepth) {
  for (const auto* body : {R"({"a":"\u0000"})", R"({"a":{"b":{"c":{"d":"x\u0000"}}}})", R"({"a":["\u0000"]})",
                           R"({"a":{"b":{"c":{"d\u0000":1}}}})"})
    EXPECT_EQ(refusal(json, body), "malformed_request") << body;
}

TEST(JsonBody, HoldsItsLimits) {
  const BodyLimits limits{.fields = 3, .name_bytes = 4, .value_bytes = 5, .json_depth = 4};
  EXPECT_EQ(refusal(json, R"({"abcd":"12345","b":{"c":1}})", limits), "accepted");
  EXPECT_EQ(refusal(json, R"({"a":1,"b":{"c":1,"d":2}})", limits), "too_large");
  EXPECT_EQ(refusal(json, R"({"a":null,"b":null,"c":null,"d":null})", limits), "too_large");
  EXPECT_EQ(refusal(json, R"({"abcde":1})", limits), "too_large");
  EXPECT_EQ(refusal(json, R"({"a":"123456"})", limits), "too_large");
  EXPECT_EQ(refusal(json, R"({"a":[[[1]]]})", limits), "accepted");
  EXPECT_EQ(refusal(json, R"({"a":[[[[1]]]]})", limits), "malformed_request");
}

TEST(Query, IsReadLikeAForm) {
  const auto fields = parse_query("code=a%2Fb&state=x+y&iss=https%3A%2F%2Fid.example");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->find({"code"}), "a/b");
  EXPECT_EQ(fields->find({"state"}), "x y");
  EXPECT_TRUE(parse_query("")->empty());
  EXPECT_FALSE(parse_query("code=1&code=2"));  // RFC 6749 section 3.1
  EXPECT_FALSE(parse_query("a=%"));
  EXPECT_EQ(parse_query(std::string(70'000, 'a')).error().code, ErrorCode::too_large);
}

TEST(Body, TakesLinearTime) {  // INJ-05: the worst we know of each kind, at the size limit, also under sanitizers
  const auto repeat = [](std::string_view piece) {
    std::string text;
    while (text.size() + piece.size() <= 64 * 1024) text += piece;
    return text;
  };
  const auto start = std::chrono::steady_clock::now();
  for (const auto* piece : {"&", "=", "%41", "a&", "a[", "[]", "a=1&"})
    static_cast<void>(parse_body(form, repeat(piece)));  // how long, not what
  for (const auto* piece : {"[", "{\"a\":", "\\", "\"", "0,", "{}"})
    static_cast<void>(parse_body(json, "{\"a\":" + repeat(piece).substr(5)));
  const std::string boundary(70, 'a');
  const std::string head = "--" + boundary + "\r\nContent-Disposition: form-data; name=a\r\n\r\n";
  for (const auto& piece : {std::string("\r\n--"), std::string("\r"), "\r\n--" + boundary.substr(1) + "b"})
    static_cast<void>(
        parse_body("multipart/form-data; boundary=" + boundary, head + repeat(piece).substr(head.size())));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

}  // namespace
}  // namespace rowan::http
