#include <gtest/gtest.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <rowan/hosts/beast/request_head.hpp>
#include <string>

namespace rowan::hosts::beast {
namespace {

constexpr std::size_t max_body = 1000;

int status_of(const std::string& head) {
  const auto end = find_head_end(head, 0);
  if (end.state == HeadEnd::State::broken) return 400;
  if (end.state == HeadEnd::State::incomplete) return 0;
  const auto parsed = parse_request_head(std::string_view(head).substr(0, end.size), max_body);
  const auto* refusal = std::get_if<Refusal>(&parsed);
  return refusal ? refusal->status : 200;
}

RequestHead read(const std::string& head) {
  auto parsed = parse_request_head(head, max_body);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    ADD_FAILURE() << "refused: " << refusal->why;
    return {};
  }
  return std::get<RequestHead>(std::move(parsed));
}

struct Row {
  const char* what;
  std::string head;
  int status;
};

std::string get(std::string_view fields) { return "GET / HTTP/1.1\r\n" + std::string(fields) + "\r\n"; }
std::string get_target(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

// HTTP-01, and the traps of Boost.Beast 1.81 by name.
TEST(RequestHead, RejectsAmbiguousFraming) {
  const std::string host = "Host: a\r\n";
  const Row rows[] = {
      {"the plain case", get(host), 200},
      {"Transfer-Encoding: xchunked", get(host + "Transfer-Encoding: xchunked\r\n"), 400},
      {"Transfer-Encoding: chunked, gzip", get(host + "Transfer-Encoding: chunked, gzip\r\n"), 400},
      {"Transfer-Encoding: gzip, chunked", get(host + "Transfer-Encoding: gzip, chunked\r\n"), 400},
      {"Transfer-Encoding: identity", get(host + "Transfer-Encoding: identity\r\n"), 400},
      {"empty Transfer-Encoding", get(host + "Transfer-Encoding:\r\n"), 400},
      {"Transfer-Encoding twice", get(host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"Transfer-Encoding with vertical tab", get(host + "Transfer-Encoding: \vchunked\r\n"), 400},
      {"Transfer-Encoding and Content-Length", get(host + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
      {"Transfer-Encoding in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"chunked in capitals", get(host + "Transfer-Encoding: CHUNKED\r\n"), 200},
      {"equal Content-Length twice", get(host + "Content-Length: 3\r\nContent-Length: 3\r\n"), 400},
      {"Content-Length list", get(host + "Content-Length: 3, 3\r\n"), 400},
      {"signed Content-Length", get(host + "Content-Length: +3\r\n"), 400},
      {"negative Content-Length", get(host + "Content-Length: -3\r\n"), 400},
      {"hexadecimal Content-Length", get(host + "Content-Length: 0x3\r\n"), 400},
      {"empty Content-Length", get(host + "Content-Length: \r\n"), 400},
      {"Content-Length at the limit", get(host + "Content-Length: 1000\r\n"), 200},
      {"Content-Length over the limit", get(host + "Content-Length: 1001\r\n"), 413},
      {"Content-Length beyond 64 bits", get(host + "Content-Length: 99999999999999999999999999\r\n"), 413},
      {"no Host", get("Accept: */*\r\n"), 400},
      {"no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200},
      {"Host twice", get(host + host), 400},
      {"Host twice in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"empty Host", get("Host:\r\n"), 400},
      {"Host with user", get("Host: u@a\r\n"), 400},
      {"Host with path", get("Host: a/b\r\n"), 400},
      {"Host list", get("Host: a, b\r\n"), 400},
      {"Host with a port that is none", get("Host: a:8x\r\n"), 400},
      {"Host with port", get("Host: a.example:8080\r\n"), 200},
      {"Host with IPv6", get("Host: [::1]:8080\r\n"), 200},
      {"obs-fold", get(host + "A: b\r\n c\r\n"), 400},
      {"obs-fold by tab", get(host + "A: b\r\n\tc\r\n"), 400},
      {"space before the first field", get(" " + host), 400},
      {"space before the colon", get(host + "A : b\r\n"), 400},
      {"name that is not a token", get(host + "A(b: c\r\n"), 400},
      {"empty name", get(host + ": c\r\n"), 400},
      {"no colon", get(host + "abc\r\n"), 400},
      {"NUL in a value", get(host + std::string("A: b\0c\r\n", 8)), 400},
      {"bare CR in a value", get(host + "A: b\rc\r\n"), 400},
      {"bare LF in a value", get(host + "A: b\nc\r\n"), 400},
      {"bare LF as line end", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare LF as last line end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"DEL in a value", get(host + "A: b\x7f\r\n"), 400},
      {"bytes beyond ASCII in a value", get(host + "A: \xc3\xa4\r\n"), 200},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\n", 505},
      {"HTTP/0.9 style", "GET /\r\n\r\n", 400},
      {"http in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"space in the target", get_target("/a b"), 400},
      {"space at the end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"method that is not a token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"method in small letters", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 405},
      {"absolute form of our Host", get_target("http://A/x"), 200},
      {"absolute form of another host", get_target("http://b/x"), 400},
      {"absolute form with user", get_target("http://u@a/x"), 400},
      {"absolute form of another scheme", get_target("ftp://a/x"), 400},
      {"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"authority form", get_target("a:80"), 400},
      {"fragment", get_target("/a#b"), 400},
      {"raw byte beyond ASCII in the target", get_target("/\xc3\xa4"), 400},
      {"backslash in the path", get_target("/a\\b"), 400},
      {"target at the limit", get_target("/" + std::string(max_target_bytes - 1, 'a')), 200},
      {"target over the limit", get_target("/" + std::string(max_target_bytes, 'a')), 414},
      {"Connection that is not a list of tokens", get(host + "Connection: a b\r\n"), 400},
      {"unknown expectation", get(host + "Expect: 200-ok\r\n"), 417},
      {"Authorization twice", get(host + "Authorization: a\r\nauthorization: b\r\n"), 400},
      {"Content-Type twice", get(host + "Content-Type: a\r\nContent-Type: a\r\n"), 400},
      {"Origin twice", get(host + "Origin: a\r\nOrigin: a\r\n"), 400},
  };
  for (const auto& row : rows) EXPECT_EQ(status_of(row.head), row.status) << row.what;  // INJ-07, BRW-16
}

TEST(RequestHead, BoundsTheNumberOfFields) {
  std::string fields = "Host: a\r\n";
  for (std::size_t i = 1; i < max_fields; ++i) fields += "A: b\r\n";
  EXPECT_EQ(status_of(get(fields)), 200);
  EXPECT_EQ(status_of(get(fields + "A: b\r\n")), 431);
}

TEST(RequestHead, ReadsMethodPathQueryAndFields) {
  const auto head = read("POST /a%20b?c=d?e HTTP/1.1\r\nHost: a\r\nX:\t  y z \t\r\nContent-Length: 7\r\n\r\n");
  EXPECT_EQ(head.request.method, http::Method::post);
  EXPECT_EQ(head.request.path, "/a%20b");
  EXPECT_EQ(head.request.query, "c=d?e");
  EXPECT_EQ(head.request.headers.single("x"), "y z");
  EXPECT_EQ(head.framing.length, 7U);
  EXPECT_FALSE(head.framing.chunked);
}

TEST(RequestHead, TakesPathAndQueryOutOfTheAbsoluteForm) {
  EXPECT_EQ(read(get_target("http://a")).request.path, "/");
  const auto head = read(get_target("HTTPS://a?b=c"));
  EXPECT_EQ(head.request.path, "/");
  EXPECT_EQ(head.request.query, "b=c");
}

TEST(RequestHead, JoinsCookieFieldsIntoOne) {
  const auto head = read(get("Host: a\r\nCookie: a=1\r\nX: y\r\ncookie: b=2; c=3\r\n"));
  EXPECT_EQ(head.request.headers.single("cookie"), "a=1; b=2; c=3");
}

TEST(RequestHead, KeepsTheConnectionAsTheVersionSays) {
  EXPECT_TRUE(read(get("Host: a\r\n")).keep_alive);
  EXPECT_FALSE(read(get("Host: a\r\nConnection: x, Close\r\n")).keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(read("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").keep_alive);
}

TEST(RequestHead, FindsItsEndAcrossAnyTwoPieces) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", more = head + "GET";
  for (std::size_t cut = 1; cut < head.size(); ++cut) {
    ASSERT_EQ(find_head_end(std::string_view(more).substr(0, cut), 0).state, HeadEnd::State::incomplete) << cut;
    const auto end = find_head_end(more, cut);
    ASSERT_EQ(end.state, HeadEnd::State::complete) << cut;
    ASSERT_EQ(end.size, head.size()) << cut;
  }
}

// A second opinion: what passes here means the same to Boost.Beast's parser.
TEST(RequestHead, IsReadTheSameByBoostBeast) {
  const std::string heads[] = {
      get("Host: a\r\n"),
      get("Host: a\r\nA:\r\nB: \t c \t\r\nb: d\r\n"),
      get_target("/a?b=%20&c"),
      get_target("http://a/x?y"),
      "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0012\r\nConnection: close\r\n\r\n",
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
      "DELETE /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      "PATCH /x HTTP/1.1\r\nHost: [::1]:1\r\nX: \xc3\xa4\r\n\r\n",
  };
  for (const auto& text : heads) {
    const auto ours = read(text);
    boost::beast::http::request_parser<boost::beast::http::string_body> theirs;
    boost::beast::error_code error;
    theirs.put(boost::asio::buffer(text), error);
    ASSERT_TRUE(theirs.is_header_done()) << text << error.message();
    EXPECT_EQ(std::string_view(theirs.get().method_string()), http::name_of(ours.request.method)) << text;
    EXPECT_EQ(theirs.chunked(), ours.framing.chunked) << text;
    if (!ours.framing.chunked) {
      EXPECT_EQ(theirs.content_length().value_or(0), ours.framing.length) << text;
    }
    EXPECT_EQ(theirs.keep_alive(), ours.keep_alive) << text;
    const auto query = ours.request.query.empty() ? "" : "?" + ours.request.query;
    EXPECT_TRUE(std::string_view(theirs.get().target()).ends_with(ours.request.path + query)) << text;
    auto field = theirs.get().begin();
    for (const auto& [name, value] : ours.request.headers.all()) {
      ASSERT_NE(field, theirs.get().end()) << text;
      EXPECT_EQ(std::string_view(field->name_string()), name) << text;
      EXPECT_EQ(std::string_view(field->value()), value) << text;
      ++field;
    }
    EXPECT_EQ(field, theirs.get().end()) << text;
  }
}

}  // namespace
}  // namespace rowan::hosts::beast
