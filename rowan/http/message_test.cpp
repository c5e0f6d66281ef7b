#include <gtest/gtest.h>

#include <rowan/http/message.hpp>

namespace rowan::http {
namespace {

TEST(Method, IsReadWithItsCase) {  // RFC 9110 section 9.1
  for (const auto method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_, Method::options})
    EXPECT_EQ(parse_method(name_of(method)), method);
  for (const auto* text : {"get", "Get", "", "TRACE", "GET ", "CONNECT"})
    EXPECT_EQ(parse_method(text), Method::other) << text;
}

TEST(Headers, GiveAValueOnlyIfItOccursOnce) {  // INJ-07
  Headers headers;
  headers.add("Host", "a");
  EXPECT_EQ(headers.single("host"), "a");
  headers.add("HOST", "b");
  EXPECT_EQ(headers.single("Host"), std::nullopt);
  EXPECT_EQ(headers.count("hOST"), 2U);
  EXPECT_EQ(headers.single("Absent"), std::nullopt);
}

TEST(Headers, ReplaceAllOfAName) {
  Headers headers;
  headers.add("A", "1");
  headers.add("a", "2");
  headers.add("B", "3");
  headers.set("A", "4");
  EXPECT_EQ(headers.single("a"), "4");
  EXPECT_EQ(headers.all().size(), 2U);
  headers.remove("b");
  EXPECT_EQ(headers.count("B"), 0U);
}

TEST(EqualWithoutCase, FoldsAsciiOnly) {
  EXPECT_TRUE(equal_without_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(equal_without_case("a", "ab"));
  EXPECT_FALSE(equal_without_case("[", "{"));
  EXPECT_FALSE(equal_without_case("\xC3\x89", "\xC3\xA9"));
}

TEST(BearerToken, StandsBehindItsSchemeInAnyCaseAndOneBlank) {  // RFC 9110 section 11.1
  for (const auto* text : {"Bearer x.y", "bearer x.y", "BEARER x.y"}) EXPECT_EQ(bearer_token(text), "x.y") << text;
  for (const auto* text : {"", "Bearer", "Bearer ", "Bearer\tx", "Bearerx", "Bearer-x y", "Basic x.y", " Bearer x.y"})
    EXPECT_EQ(bearer_token(text), std::nullopt) << text;
}

TEST(BearerToken, IsNotTidied) {
  EXPECT_EQ(bearer_token("Bearer  x"), " x") << "it is refused: no token has a blank";
  EXPECT_EQ(bearer_token("Bearer x, Bearer y"), "x, Bearer y");
}

TEST(Response, SendsSharedBytesInsteadOfItsBody) {
  Response response{.body = "own"};
  EXPECT_EQ(response.content(), "own");
  response.shared_body = "shared";
  EXPECT_EQ(response.content(), "shared");
}

TEST(ReasonPhrase, IsKnownForWhatWeAnswer) {
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(303), "See Other");
  EXPECT_EQ(reason_phrase(799), "");
}

}  // namespace
}  // namespace rowan::http
