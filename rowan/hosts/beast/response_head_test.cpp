#include <gtest/gtest.h>

#include <rowan/hosts/beast/response_head.hpp>
#include <rowan/hosts/request_rules.hpp>

namespace rowan::hosts::beast {
namespace {

std::string head_of(const http::Response& response, Persistence persistence = Persistence::keep) {
  std::string out;
  append_response_head(out, response, persistence, "Sun, 06 Nov 1994 08:49:37 GMT");
  return out;
}

// HTTP-02, BRW-19
TEST(ResponseHead, IsWrittenByteForByte) {
  http::Response response{.status = 200, .content_type = "text/plain", .body = "hello"};
  response.headers.add("Set-Cookie", "a=b");
  EXPECT_EQ(
      head_of(response),
      "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n"
      "Set-Cookie: a=b\r\n\r\n");
}

TEST(ResponseHead, StatesWhetherTheConnectionStaysOpen) {
  EXPECT_TRUE(head_of({}, Persistence::close).contains("\r\nConnection: close\r\n"));
  EXPECT_TRUE(head_of({}, Persistence::keep_for_http_1_0).contains("\r\nConnection: keep-alive\r\n"));
  EXPECT_FALSE(head_of({}).contains("Connection"));
}

TEST(ResponseHead, KeepsTheFramingToItself) {
  http::Response response{.body = "hello"};
  for (const char* name : {"content-length", "Transfer-Encoding", "Connection", "Date", "Server"})
    response.headers.add(name, "7");
  EXPECT_EQ(head_of(response), head_of({.body = "hello"}));
}

TEST(ResponseHead, GivesNoLengthWhereThereIsNoContent) {
  for (const int status : {204, 304}) {
    EXPECT_FALSE(head_of({.status = status}).contains("Content-Length")) << status;
    EXPECT_FALSE(has_content({.status = status}, http::Method::get)) << status;
  }
  EXPECT_FALSE(has_content({}, http::Method::head));
  EXPECT_TRUE(has_content({}, http::Method::get));
  EXPECT_TRUE(head_of({}).contains("Content-Length: 0"));
}

TEST(ResponseHead, CannotBeSplitByAValue) {
  const auto is_fine = [](const char* name, std::string value) {
    http::Response response;
    response.headers.add(name, std::move(value));
    return is_well_formed(response);
  };
  EXPECT_TRUE(is_fine("Location", "/a"));
  EXPECT_FALSE(is_fine("Location", "/a\r\nSet-Cookie: b=c"));
  EXPECT_FALSE(is_fine("Location", "/a\n"));
  EXPECT_FALSE(is_fine("Location", std::string("/a\0b", 4)));
  EXPECT_FALSE(is_fine("Loca tion", "/a"));
  EXPECT_FALSE(is_well_formed({.content_type = "text/plain\r\nX: y"}));
  EXPECT_FALSE(is_well_formed({.status = 100}));
  EXPECT_FALSE(is_well_formed({.status = 600}));
}

}  // namespace
}  // namespace rowan::hosts::beast
