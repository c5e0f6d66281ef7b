// WS-03: examples/live in two processes over one database. Whoever is connected to one node is cut off when the session
// ends at the other.
#include <gtest/gtest.h>

#include <chrono>
#include <rowan/hosts/beast/websocket_raw_client.hpp>
#include <rowan/testing/browser.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <stdexcept>
#include <thread>

#include "../durability/child.hpp"
#include "../durability/client.hpp"
#include "../durability/serving.hpp"

namespace rowan::live {
namespace {

using namespace std::chrono_literals;
using durability::Child;
using durability::Client;
using durability::TemporaryFolder;
using Socket = hosts::testing::WebSocketRawClient;

class Node {
 public:
  Node(const std::string& database, unsigned short port, const std::string& base_url)
      : port_(port),
        child_({.words = {ROWAN_EXAMPLE_LIVE, database, std::to_string(port), base_url},
                .environment = {"ROWAN_SECRET=a secret of two nodes: 0123456789"},
                .folder = folder_.path()}) {
    while (child_.is_running()) {
      if (Client(port).get("/live.js").status == 200) return;
      std::this_thread::sleep_for(5ms);
    }
    throw std::runtime_error("the example did not start:\n" + durability::text_of(folder_.path() + "/stderr.txt"));
  }
  unsigned short port() const { return port_; }
  int end() { return child_.end(SIGTERM); }

 private:
  unsigned short port_;
  TemporaryFolder folder_{};
  Child child_;
};

class TwoNodes : public ::testing::TestWithParam<std::string> {
 protected:
  TwoNodes() {
    auto visitor = testing::Browser::at(origin);
    visitor.get("/register")
        .form("password/register")
        .fill("user[email]", "ann@notes.example")
        .fill("user[password]", durability::password)
        .fill("user[password_confirmation]", durability::password)
        .submit();
    if (!visitor.says("Live")) throw std::runtime_error(visitor.body());
    cookies = visitor.cookies();
  }
  ~TwoNodes() override {
    EXPECT_EQ(first.end(), 0);
    EXPECT_EQ(second.end(), 0);
  }
  Socket open(const Node& at) const {
    std::string line = "Cookie: ";
    for (const auto& [name, value] : cookies) line += name + "=" + value + "; ";
    line.resize(line.size() - 2);
    return Socket(at.port(), "/live", {line, "Origin: " + origin});
  }
  /// The same browser at the other node, as a proxy in front of both leads it there.
  void sign_out_at(const Node& node) {
    auto browser = testing::Browser::at("http://localhost:" + std::to_string(node.port()));
    browser.cookies() = cookies;
    auto form = browser.get("/sign-out").form("/sign-out");
    browser.with_header("Origin", origin);
    form.submit();
    EXPECT_EQ(browser.status(), 200);
  }

  testing::TemporaryDatabase database{GetParam()};
  const unsigned short port = durability::free_port();
  const std::string origin = "http://localhost:" + std::to_string(port);
  Node first{database.url(), port, origin}, second{database.url(), durability::free_port(), origin};
  std::map<std::string, std::string> cookies{};
};
INSTANTIATE_TEST_SUITE_P(Databases, TwoNodes, ::testing::ValuesIn(testing::TemporaryDatabase::kinds()),
                         [](const auto& kind) { return kind.param; });

TEST_P(TwoNodes, AConnectionAtOneClosesWhenItsSessionEndsAtTheOther) {
  auto here = open(first), there = open(second);
  ASSERT_EQ(here.status(), 101);
  ASSERT_EQ(there.status(), 101);
  here.send("hello");
  EXPECT_EQ(here.read(), "ann@notes.example: hello");
  sign_out_at(second);
  EXPECT_EQ(there.read_close(), 4401);
  EXPECT_EQ(here.read_close(), 4401);
  EXPECT_EQ(open(first).status(), 401);
}

// WS-01
TEST_P(TwoNodes, ADifferentSitesPageOpensNone) {
  std::string line = "Cookie: ";
  for (const auto& [name, value] : cookies) line += name + "=" + value + "; ";
  line.resize(line.size() - 2);
  EXPECT_EQ(Socket(first.port(), "/live", {line, "Origin: https://evil.example"}).status(), 403);
  EXPECT_EQ(Socket(first.port(), "/live", {line}).status(), 403);
}

}  // namespace
}  // namespace rowan::live
