// What the two conversions do to requests and answers of every form, over an application that says what it got.
#include <gtest/gtest.h>

#include <algorithm>

#include "doors.hpp"

namespace rowan::host_conformance {
namespace {

http::Response echo(const http::Request& request) {
  http::Response response{.content_type = "text/plain; charset=utf-8"};
  if (request.path == "/204") return {.status = 204};
  if (request.path == "/304") {
    response.status = 304;
    response.headers.add("ETag", "\"x\"");
    return response;
  }
  if (request.path == "/303") {
    response.status = 303;
    response.headers.add("Location", "/a?b=c%20d");
    response.headers.add("Set-Cookie", "a=b; Path=/; HttpOnly");
    response.headers.add("Set-Cookie", "c=d; Path=/");
  }
  if (request.path == "/split") response.headers.add("Location", "/\r\nX: y");
  if (request.path == "/framing") {
    for (const char* name : {"Content-Length", "Connection", "Server"}) response.headers.add(name, "3");
  }
  if (request.path == "/html") response.content_type = "text/html; charset=utf-8";
  if (request.path == "/json") response.content_type = "application/json";
  if (request.path == "/503") response.status = 503;
  if (request.path == "/500") throw 1;
  std::vector<std::string> lines;
  for (const auto& [name, value] : request.headers.all()) lines.push_back(name + "=" + value + "\n");
  std::ranges::sort(lines);
  response.body = std::string(http::name_of(request.method)) + " " + request.path + " ? " + request.query + "\n";
  for (const auto& line : lines) response.body += line;
  response.body += "\n" + request.body + "\n" + request.peer.text() + (request.tls ? " tls" : " plain");
  return response;
}

hosts::Answerer echo_answerer() {
  return {.begin = [](const http::Request& request) -> std::variant<http::Response, Blocking> {
            if (request.path == "/now") return echo(request);
            return Blocking{.cost = Cost::database, .run = [&request] { return echo(request); }};
          },
          .overloaded = [](const http::Request&) { return http::Response{.status = 503}; },
          .knows = {}};
}

std::vector<Step> message_script() {
  const std::vector<std::string> form = {"Content-Type: application/x-www-form-urlencoded"};
  const std::string multipart = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--b--\r\n";
  std::vector<Step> steps = {
      {.what = "get", .target = "/a/b"},
      {.what = "at once", .target = "/now"},
      {.what = "query", .target = "/a?b=c%20d&e=+f"},
      {.what = "encoded path", .target = "/a%2Fb%20c/%C3%A4"},
      {.what = "odd paths", .target = "//a/../b/./c;d=e"},
      {.what = "empty query", .target = "/a?"},
      {.what = "absolute form", .target = "http://127.0.0.1/a?b"},
      {.what = "absolute form elsewhere", .target = "http://other/a"},
      {.what = "asterisk", .method = "OPTIONS", .target = "*"},
      {.what = "backslash", .target = "/a\\b"},
      {.what = "head", .method = "HEAD", .target = "/a"},
      {.what = "options", .method = "OPTIONS", .target = "/a"},
      {.what = "trace", .method = "TRACE", .target = "/a"},
      {.what = "connect", .method = "CONNECT", .target = "/a"},
      {.what = "post without body", .method = "POST", .target = "/a"},
      {.what = "form", .method = "POST", .target = "/a", .fields = form, .body = "a=b&c=%20d"},
      {.what = "form over httplib's own limit",
       .method = "POST",
       .target = "/a",
       .fields = form,
       .body = "a=" + std::string(20'000, 'x')},
      {.what = "chunked form",
       .method = "POST",
       .target = "/a",
       .fields = form,
       .body = "a=b&c=%20d&e=f",
       .chunked = true},
      {.what = "multipart",
       .method = "POST",
       .target = "/a",
       .fields = {"Content-Type: multipart/form-data; boundary=b"},
       .body = multipart},
      {.what = "broken multipart",
       .method = "POST",
       .target = "/a",
       .fields = {"Content-Type: multipart/form-data"},
       .body = "x"},
      {.what = "json",
       .method = "PUT",
       .target = "/a",
       .fields = {"Content-Type: application/json"},
       .body = R"({"a":"b"})"},
      {.what = "patch", .method = "PATCH", .target = "/a", .body = std::string("\0\xff\r\n", 4)},
      {.what = "delete", .method = "DELETE", .target = "/a"},
      {.what = "delete with body", .method = "DELETE", .target = "/a", .body = "x"},
      {.what = "said to be gzip",
       .method = "POST",
       .target = "/a",
       .fields = {"Content-Encoding: gzip"},
       .body = "not gzip"},
      {.what = "body over the limit", .method = "POST", .target = "/a", .body = std::string(64 * 1024 + 1, 'x')},
      {.what = "fields", .target = "/a", .fields = {"X-A:   b c\t", "X-a: d", "Referer: x"}},
      {.what = "two cookies", .target = "/a", .fields = {"Cookie: a=b", "Cookie: c=d"}},
      {.what = "authorization twice", .target = "/a", .fields = {"Authorization: a", "Authorization: b"}},
      {.what = "content type twice",
       .method = "POST",
       .target = "/a",
       .fields = {"Content-Type: a", "Content-Type: b"},
       .body = "x"},
      {.what = "origin twice", .target = "/a", .fields = {"Origin: a", "Origin: a"}},
      {.what = "host twice", .target = "/a", .fields = {"Host: b"}},
      {.what = "both lengths",
       .method = "POST",
       .target = "/a",
       .fields = {"Content-Length: 3"},
       .body = "abc",
       .chunked = true},
      {.what = "xchunked", .method = "POST", .target = "/a", .fields = {"Transfer-Encoding: xchunked"}},
      {.what = "length twice", .method = "POST", .target = "/a", .fields = {"Content-Length: 1"}, .body = "x"},
      {.what = "length that is none", .method = "POST", .target = "/a", .fields = {"Content-Length: 1x"}},
      {.what = "expectation", .method = "POST", .target = "/a", .fields = {"Expect: fire"}},
      {.what = "compression asked for", .target = "/html", .fields = {"Accept-Encoding: gzip, br"}},
      {.what = "json and compression", .target = "/json", .fields = {"Accept-Encoding: gzip, br"}},
      {.what = "range", .target = "/a", .fields = {"Range: bytes=0-3"}},
      {.what = "two ranges", .target = "/a", .fields = {"Range: bytes=0-3,5-6"}},
      {.what = "no content", .target = "/204"},
      {.what = "not modified", .target = "/304", .fields = {"If-None-Match: \"x\""}},
      {.what = "redirect with two cookies", .target = "/303"},
      {.what = "cookies come back", .target = "/a"},
      {.what = "answer that would be split", .target = "/split"},
      {.what = "answer with framing of its own", .target = "/framing"},
      {.what = "unavailable", .target = "/503"},
      {.what = "exception", .target = "/500"},
  };
  return steps;
}

TEST(HostConformance, EveryHostReadsAndWritesTheSame) {
  const auto beast = open_beast(echo_answerer());
  const auto httplib = open_httplib(echo_answerer());
  Visitor first(*beast), second(*httplib);
  for (const auto& step : message_script()) {
    const auto a = first.take(step), b = second.take(step);
    EXPECT_NE(a.status, 0) << step.what;
    EXPECT_TRUE(a == b) << step.what << "\n--- " << beast->name() << "\n"
                        << to_text(a) << "\n--- " << httplib->name() << "\n"
                        << to_text(b);
  }
}

}  // namespace
}  // namespace rowan::host_conformance
