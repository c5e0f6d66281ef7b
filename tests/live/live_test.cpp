// The bundled server with an application, in one process: WebSockets behind guards, at a real port.
#include <gtest/gtest.h>

#include <chrono>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/hosts/beast/websocket_raw_client.hpp>
#include <rowan/rowan.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <thread>

namespace rowan::live {
namespace {

using namespace std::chrono_literals;
using Socket = hosts::testing::WebSocketRawClient;

class LiveServer : public ::testing::TestWithParam<std::string> {
 protected:
  LiveServer() {
    if (const auto migrated = auth.migrate(); !migrated) throw std::runtime_error(migrated.error().reason);
    NewUser user;
    user.email = "ann@notes.example";
    user.password = Secret::from_text("correct horse battery staple");
    user.confirmed = true;
    id = auth.create_user(user).value().id;
    server.mount(routes(auth).auth_routes(api, {.path = "/api/auth"}));
    server.websocket(
        "/live", bearer(auth, [](Conn& conn, const User& who) {
          return conn.websocket({.on_message = [email = who.email](const WebSocket& socket, std::string_view text) {
            socket.send(email + " says " + std::string(text));
          }});
        }));
    if (const auto started = server.start(); !started) throw std::runtime_error(started.error().reason);
  }

  std::string token() {
    return auth
        .action({"password", "sign_in"}, {{"email", "ann@notes.example"}, {"password", "correct horse battery staple"}})
        .value()
        .token.value();
  }
  std::unique_ptr<Socket> open(const std::string& token) const {
    return std::make_unique<Socket>(server.port(), "/live", std::vector<std::string>{"Authorization: Bearer " + token});
  }

  testing::TemporaryDatabase database{GetParam()};
  std::unique_ptr<Mailer> mailer = open_mailer("mailbox");
  Auth auth{{.base_url = "http://localhost",
             .database = database.get(),
             .mailer = *mailer,
             .secret = Secret::from_text("a secret of tests: 0123456789abcdef"),
             .strategies = {password()},
             .argon2 = {.memory_kib = 19456, .passes = 2},
             .limits_enabled = false,
             .allow_insecure_cookies_for_development = true}};
  ApiController api{};
  AccountId id{};
  hosts::beast::Server server{{.port = 0}};
};
INSTANTIATE_TEST_SUITE_P(Databases, LiveServer, ::testing::ValuesIn(testing::TemporaryDatabase::kinds()),
                         [](const auto& kind) { return kind.param; });

TEST_P(LiveServer, LetsInWhoeverItsGuardDoes) {
  auto live = open(token());
  ASSERT_EQ(live->status(), 101);
  live->send("hello");
  EXPECT_EQ(live->read(), "ann@notes.example says hello");
  EXPECT_EQ(open("invented")->status(), 401);
  EXPECT_EQ(Socket(server.port()).status(), 401);
}

// WS-03
TEST_P(LiveServer, ClosesAHundredConnectionsByOneRevocation) {
  const auto by = token();
  std::vector<std::unique_ptr<Socket>> all;
  for (int i = 0; i < 100; ++i) all.push_back(open(by));
  for (auto& live : all) {
    live->send("hello");
    ASSERT_EQ(live->read(), "ann@notes.example says hello");
  }
  ASSERT_TRUE(auth.revoke_all(id));
  for (auto& live : all) EXPECT_EQ(live->read_close(), 4401);
  EXPECT_EQ(open(by)->status(), 401);
}

TEST_P(LiveServer, ClosesConnectionsThatOpenWhileTheirSessionEnds) {
  for (int round = 0; round < 10; ++round) {
    const auto by = token();
    std::vector<std::unique_ptr<Socket>> all(4);
    {
      std::vector<std::jthread> opening;
      for (auto& live : all) opening.emplace_back([&] { live = open(by); });
      ASSERT_TRUE(auth.revoke_all(id));
    }
    for (auto& live : all) {
      if (live->status() == 401) continue;  // too late
      ASSERT_EQ(live->status(), 101);
      EXPECT_EQ(live->read_close(), 4401);
    }
  }
}

TEST_P(LiveServer, ClosesThemWhenItStops) {
  auto live = open(token());
  std::jthread stopping([&] { server.stop(); });
  EXPECT_EQ(live->read_close(), 1001);
}

}  // namespace
}  // namespace rowan::live
