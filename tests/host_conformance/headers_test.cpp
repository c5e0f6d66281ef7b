// The headers that every answer carries: a page, a redirect, an asset, an error of the engine, a refusal by the host
// adapter.
#include <gtest/gtest.h>

#include <rowan/hosts/beast/raw_client.hpp>
#include <rowan/testing/app.hpp>

#include "doors.hpp"

namespace rowan::host_conformance {
namespace {

using hosts::testing::RawClient;

std::string get(std::string_view target) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: rowan.example\r\nConnection: close\r\n\r\n";
}
std::string post(std::string_view target, std::string_view fields, std::string_view body = "") {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: rowan.example\r\nConnection: close\r\n" +
         std::string(fields) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

struct Doors {
  testing::TestApp app{};  // https
  std::unique_ptr<Door> beast = open_beast(hosts::answer_from(app.site()));
  std::unique_ptr<Door> httplib = open_httplib(hosts::answer_from(app.site()));
};

bool has_field(const std::string& head, std::string_view field) {
  std::string lower(head);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower.contains("\r\n" + std::string(field));
}

// docs/http_contract.md#headers-of-every-page: BRW-01, BRW-02, BRW-04, BRW-05, BRW-06, BRW-07, BRW-12
TEST(EveryAnswer, CarriesTheSecurityHeaders) {
  Doors doors;
  const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
  const std::vector<std::pair<int, std::string>> requests = {
      {200, get("/sign-in")},
      {200, get("/")},
      {303, get("/private")},
      {303, get("/account")},
      {401, get("/me")},
      {404, get("/nowhere")},
      {404, get("/auth/nowhere")},
      {404, get("/auth/assets/x/y.css")},
      {404, get("/api/auth/nowhere")},
      {405, post("/sign-in", "")},
      {403, post("/auth/user/password/sign_in", form + "Origin: https://evil.example\r\n", "a=b")},
      {415, post("/api/auth/user/password/sign_in", "Content-Type: text/plain\r\n", "x")},
      {400, post("/api/auth/user/password/sign_in", "Content-Type: application/json\r\n", "{")},
      {400, get("/a\\b")},
      {400, "GET /sign-in HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"},
      {400, post("/sign-in", "Transfer-Encoding: xchunked\r\n")},
      {405, "TRACE /sign-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"},
      {413,
       "POST /auth/user/password/sign_in HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9999999\r\n\r\n"},
  };
  for (const auto* door : {doors.beast.get(), doors.httplib.get()}) {
    for (const auto& [status, bytes] : requests) {
      // What no site knows is not ours to answer through a door that shares its server.
      if (door == doors.httplib.get() && bytes.starts_with("GET /nowhere")) continue;
      const auto answer = RawClient(door->port()).ask(bytes);
      const auto what = std::string(door->name()) + ": " + bytes.substr(0, 80) + "\n" + answer.head;
      EXPECT_EQ(answer.status, status) << what;
      for (const auto* field :
           {"x-content-type-options: nosniff", "content-security-policy: default-src 'none'",
            "referrer-policy: ", "cross-origin-opener-policy: same-origin", "cross-origin-resource-policy: same-origin",
            "cache-control: ", "strict-transport-security: max-age="})
        EXPECT_TRUE(has_field(answer.head, field)) << field << " is missing\n" << what;
      EXPECT_TRUE(answer.head.contains("frame-ancestors 'none'")) << what;
      EXPECT_FALSE(has_field(answer.head, "access-control-allow-")) << what;
    }
  }
}

// Every redirect must lead to a target that we would accept.
TEST(EveryAnswer, RedirectsOnlyToTargetsTheServerAccepts) {
  Doors doors;
  for (const auto length : {1'000, 2'700, 4'000, 6'000, 8'000}) {
    std::string target = "/private?";
    while (target.size() < static_cast<std::size_t>(length)) target += "%25";
    for (const auto* door : {doors.beast.get(), doors.httplib.get()}) {
      const auto answer = RawClient(door->port()).ask(get(target));
      ASSERT_EQ(answer.status, 303) << length;
      const auto at = answer.head.find("\r\nLocation: ");
      ASSERT_NE(at, std::string::npos);
      auto location = answer.head.substr(at + 12);
      location.resize(location.find("\r\n"));
      EXPECT_LT(location.size(), 8'192u) << length;
      EXPECT_EQ(RawClient(door->port()).ask(get(location)).status, 200) << length << " " << location.size();
    }
  }
}

}  // namespace
}  // namespace rowan::host_conformance
