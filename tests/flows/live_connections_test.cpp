// What stays open (docs/live_connections.md): who may open a WebSocket, and when what opened it has ended.
#include <rowan/testing/authenticated.hpp>
#include <rowan/testing/switched_database.hpp>

#include "another_node.hpp"
#include "flow.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view origin = "https://rowan.example";

// The answer to a handshake, and what a host would do with it.
class LiveConnections : public ::testing::TestWithParam<std::string> {
 protected:
  LiveConnections() {
    const auto live = [](Conn& conn, const Claims&) { return conn.websocket({}); };
    const auto with_account = [](Conn& conn, const User& user) {
      return user.email.empty() ? conn.json({}) : conn.websocket({});
    };
    app.site().websocket("/live", signed_in(app.auth(), live));
    app.site().websocket("/live/account", signed_in(app.auth(), with_account));
    app.site().websocket("/live/program", bearer(app.auth(), live));
    app.site().websocket("/live/both", session_or_bearer(app.auth(), live));
    app.site().websocket("/live/strong", signed_in(app.auth(), {.within = 1min}, live));
    app.site().websocket("/live/elsewhere", signed_in(app.auth(), {.cross_site = true}, live));
    app.site().websocket("/live/public", [](Conn& conn) { return conn.websocket({}); });
    app.site().get("/no-websocket", [](Conn& conn) { return conn.websocket({}); });
    make_user(app);
    sign_in(browser);
  }

  struct Handshake {
    std::string path = "/live";
    std::optional<std::string> origin = std::string(flows::origin), bearer{}, site{};
    std::string upgrade = "websocket", connection = "keep-alive, Upgrade", version = "13";
    std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
    bool cookies = true;
    http::Method method = http::Method::get;
  };
  http::Response open(const Handshake& handshake) {
    http::Request request{.method = handshake.method, .path = handshake.path};
    auto& headers = request.headers;
    headers.add("Host", "rowan.example");
    headers.add("Upgrade", handshake.upgrade);
    headers.add("Connection", handshake.connection);
    headers.add("Sec-WebSocket-Version", handshake.version);
    headers.add("Sec-WebSocket-Key", handshake.key);
    if (handshake.origin) headers.add("Origin", *handshake.origin);
    if (handshake.site) headers.add("Sec-Fetch-Site", *handshake.site);
    if (handshake.bearer) headers.add("Authorization", "Bearer " + *handshake.bearer);
    std::string cookies;
    for (const auto& [name, value] : browser.cookies()) cookies += (cookies.empty() ? "" : "; ") + name + "=" + value;
    if (handshake.cookies && !cookies.empty()) headers.add("Cookie", cookies);
    Admission admission({});
    return app.site().handle(request, admission);
  }
  int status(const Handshake& handshake) { return open(handshake).status; }
  std::string bearer_token() {
    auto program = app.browser();
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    return text_at(program.answer(), {"authentication", "bearer"});
  }
  /// The code with which a connection is closed that this answer opened; 0 while it is open.
  struct Open {
    std::uint16_t code = 0;
    std::string reason{};
    std::shared_ptr<void> watch{};
  };
  std::unique_ptr<Open> watch(const http::Response& response) {
    auto open = std::make_unique<Open>();
    EXPECT_TRUE(response.upgrade && response.upgrade->watch);
    if (response.upgrade && response.upgrade->watch)
      open->watch = response.upgrade->watch([to = open.get()](std::uint16_t code, std::string_view reason) {
        EXPECT_EQ(to->code, 0);
        to->code = code;
        to->reason = reason;
      });
    app.deliver();
    return open;
  }

  std::unique_ptr<testing::SwitchedDatabase> owned{};
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {password_strategy(), api_key({.scopes = {"read"}})},
                        .adjust = [this](AuthOptions& options) {
                          owned = std::make_unique<testing::SwitchedDatabase>(*options.database);
                          options.database = Required<Database&>(*owned);
                          options.tokens.algorithm = "ES256";
                          options.allowed_origins = {"https://app.rowan.example"};
                        }}};
  static Strategy password_strategy() { return rowan::password(); }
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, LiveConnections, every_database(), name_of_database);

TEST_P(LiveConnections, OpenForWhoeverTheGuardLetsIn) {
  EXPECT_EQ(status({}), 101);
  EXPECT_EQ(status({.path = "/live/account"}), 101);
  EXPECT_EQ(status({.path = "/live/both"}), 101);
  EXPECT_EQ(status({.path = "/live/both", .origin = {}, .bearer = bearer_token(), .cookies = false}), 101);
  EXPECT_EQ(status({.path = "/live/program", .origin = {}, .bearer = bearer_token(), .cookies = false}), 101);
  EXPECT_EQ(status({.path = "/live/public", .origin = {}, .cookies = false}), 101);
}

// WS-02
TEST_P(LiveConnections, AreRefusedAsAnyRequestIs_AndNeverByAPage) {
  for (const std::string path : {"/live", "/live/account", "/live/both", "/live/program"}) {
    const auto answer = open({.path = path, .cookies = false});
    EXPECT_EQ(answer.status, 401) << path;
    EXPECT_EQ(answer.content_type, "application/json; charset=utf-8") << path;
    EXPECT_FALSE(answer.upgrade);
  }
  EXPECT_EQ(status({.path = "/live/program", .bearer = "invented", .cookies = false}), 401);
  app.clock().advance(2min);
  app.deliver();
  const auto weak = open({.path = "/live/strong"});
  EXPECT_EQ(weak.status, 401);
  EXPECT_TRUE(weak.headers.single("WWW-Authenticate").value_or("").contains("insufficient_user_authentication"));
  ASSERT_TRUE(app.auth().disable((*app.find_user(ann))->id));
  EXPECT_EQ(status({}), 401);
}

TEST_P(LiveConnections, OpenAlsoWhereTheGuardHasToAskFirst) {
  app.clock().advance(1min);  // the watermark is old: undecided
  EXPECT_EQ(status({}), 101);
  app.clock().advance(1min);
  owned->switch_off();
  EXPECT_EQ(status({}), 503);
  owned->switch_on();
}

// WS-01
TEST_P(LiveConnections, WithACookieOpenOnlyForPagesOfThisSite) {
  for (const std::string path : {"/live", "/live/account", "/live/both"}) {
    EXPECT_EQ(status({.path = path, .origin = "https://evil.example"}), 403) << path;
    EXPECT_EQ(status({.path = path, .origin = "http://rowan.example"}), 403) << path;
    EXPECT_EQ(status({.path = path, .origin = "https://rowan.example.evil.example"}), 403) << path;
    EXPECT_EQ(status({.path = path, .origin = "null"}), 403) << path;
    EXPECT_EQ(status({.path = path, .origin = {}}), 403) << path;
    EXPECT_EQ(status({.path = path, .site = "cross-site"}), 403) << path;
    EXPECT_EQ(status({.path = path, .origin = "https://app.rowan.example"}), 101) << path;
  }
  EXPECT_EQ(status({.origin = "https://evil.example", .bearer = bearer_token()}), 403)
      << "this guard goes by the cookie";
  EXPECT_EQ(status({.path = "/live/public", .origin = "https://evil.example"}), 403)
      << "its handler may read the session";
  EXPECT_EQ(status({.path = "/live/elsewhere", .origin = "https://evil.example"}), 101) << "declared so";
}

TEST_P(LiveConnections, NeedAHandshake) {
  const auto refused = [&](const Handshake& handshake) {
    const auto answer = open(handshake);
    if (answer.status == 426) {
      EXPECT_EQ(answer.headers.single("Upgrade"), "websocket");
      EXPECT_EQ(answer.headers.single("Sec-WebSocket-Version"), "13");
    }
    return answer.status;
  };
  EXPECT_EQ(refused({.upgrade = "h2c"}), 426);
  EXPECT_EQ(refused({.connection = "keep-alive"}), 426);
  EXPECT_EQ(refused({.version = "8"}), 426);
  EXPECT_EQ(refused({.method = http::Method::head}), 426);
  EXPECT_EQ(refused({.method = http::Method::post}), 405);
  EXPECT_EQ(refused({.key = ""}), 400);
  EXPECT_EQ(refused({.key = "c2hvcnQ="}), 400);
  EXPECT_EQ(refused({.key = "dGhlIHNhbXBsZSBub25jZQ=!"}), 400);
  EXPECT_EQ(browser.get("/live").status(), 426);
  EXPECT_EQ(browser.get("/no-websocket").status(), 500) << "mounted as another route";
}

TEST_P(LiveConnections, RenewTheSessionsCookieAsAnyAnswerDoes) {
  app.clock().advance(6min);
  app.deliver();
  const auto answer = open({});
  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.headers.count("Set-Cookie"), 1U);
}

// SES-06, SES-07, WS-03
TEST_P(LiveConnections, EndWithTheirSession_HoweverItEnds_HereAndOnAnotherNode) {
  AnotherNode node(app, {.strategies = {rowan::password(), api_key({.scopes = {"read"}})}});
  const auto id = (*app.find_user(ann))->id;
  const std::map<std::string, std::function<void()>> ends{
      {"signed out", [&] { sign_out(browser); }},
      {"signed out elsewhere",
       [&] {
         auto there = node.browser(browser);
         sign_out(there);
       }},
      {"all revoked", [&] { ASSERT_TRUE(app.auth().revoke_all(id)); }},
      {"all revoked elsewhere", [&] { ASSERT_TRUE(node.auth().revoke_all(id)); }},
      {"this one ended", [&] { ASSERT_TRUE(node.auth().end_session(id, (*node.auth().sessions(id)).front().id)); }},
      {"disabled elsewhere", [&] { ASSERT_TRUE(node.auth().disable(id)); }},
  };
  for (const auto& [how, end] : ends) {
    SCOPED_TRACE(how);
    ASSERT_TRUE(app.auth().enable(id));
    ASSERT_TRUE(app.auth().revoke_all(id));
    browser = app.browser();
    sign_in(browser);
    const auto live = watch(open({}));
    app.deliver();
    EXPECT_EQ(live->code, 0);
    end();
    app.deliver();
    EXPECT_EQ(live->code, 4401);
    EXPECT_EQ(live->reason, "signed out");
    EXPECT_EQ(status({}), 401) << "as the guard says";
  }
}

// WS-03
TEST_P(LiveConnections, OfABearerTokenEndWithIt_AlsoWhenTheKeyThatSignedItIsRetired) {
  const Handshake by_first{.path = "/live/program", .origin = {}, .bearer = bearer_token(), .cookies = false};
  auto by_second = by_first;
  by_second.bearer = bearer_token();
  const auto first = watch(open(by_first)), second = watch(open(by_second));
  ASSERT_TRUE(app.auth().revoke(*by_first.bearer));
  app.deliver();
  EXPECT_EQ(first->code, 4401);
  EXPECT_EQ(second->code, 0);
  ASSERT_TRUE(app.auth().retire_signing_key((*app.auth().signing_keys()).front().kid));
  app.deliver();
  EXPECT_EQ(second->code, 4401);
  EXPECT_EQ(status(by_second), 401);
}

// WS-03
TEST_P(LiveConnections, OfAnApiKeyEndWithIt_AndWithAnythingThatHappensToTheAccount) {
  const auto id = (*app.find_user(ann))->id;
  const auto one = app.auth().create_key(id, {.name = "one"}), two = app.auth().create_key(id, {.name = "two"});
  ASSERT_TRUE(one && two);
  const auto open_by = [&](const NewKey& key) {
    return open({.path = "/live/program", .origin = {}, .bearer = key.text, .cookies = false});
  };
  const auto first = watch(open_by(*one)), second = watch(open_by(*two));
  ASSERT_TRUE(app.auth().revoke_key(id, one->record.id));
  app.deliver();
  EXPECT_EQ(first->code, 4401);
  EXPECT_EQ(open_by(*one).status, 401);
  EXPECT_EQ(second->code, 0);
  ASSERT_TRUE(app.auth().set_password(id, other_password));
  app.deliver();
  EXPECT_EQ(second->code, 4401);
  EXPECT_EQ(open_by(*two).status, 101) << "the key works on: its program connects again";
}

// SES-05, WS-03
TEST_P(LiveConnections, EndWhenTheirSessionExpires_AndNotWhenItIsIdle) {
  const auto live = watch(open({}));
  app.clock().advance(std::chrono::days(2));
  app.deliver();
  EXPECT_EQ(live->code, 0);
  EXPECT_EQ(status({}), 401) << "idle";
  app.clock().advance(std::chrono::days(12));
  app.deliver();
  EXPECT_EQ(live->code, 4401);
  EXPECT_EQ(live->reason, "session expired");
}

// ERR-01, WS-03
TEST_P(LiveConnections, EndWhenNobodyCanKnowAnyMoreWhetherTheirSessionDoes) {
  const auto live = watch(open({}));
  owned->switch_off();
  app.clock().advance(2s);
  app.deliver();
  EXPECT_EQ(live->code, 0) << "a request would wait half a second now";
  app.clock().advance(500ms);
  app.deliver();
  EXPECT_EQ(live->code, close_code::try_again_later);
  EXPECT_EQ(status({}), 503);
  owned->switch_on();
  EXPECT_EQ(status({}), 101);
}

// WS-03
TEST_P(LiveConnections, AHundredEndByOneRevocation) {
  std::vector<std::unique_ptr<Open>> all;
  for (int i = 0; i < 100; ++i) all.push_back(watch(open({})));
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id));
  app.deliver();
  for (const auto& live : all) EXPECT_EQ(live->code, 4401);
}

}  // namespace
}  // namespace rowan::flows
