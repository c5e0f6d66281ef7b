#pragma once
// What the tests of the room have in common: an account, its keys, and routes that take them.
#include <barrier>
#include <rowan/base/config_error.hpp>
#include <rowan/testing/number_in.hpp>
#include <thread>

#include <tests/flows/another_node.hpp>
#include <tests/flows/flow.hpp>
#include <tests/flows/logged.hpp>

namespace rowan::flows {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class ApiKeys : public ::testing::TestWithParam<std::string> {
 protected:
  explicit ApiKeys(ApiKeyOptions options = usual(), bool limited = true)
      : options_(std::move(options)),
        app{{.database = GetParam(), .strategies = rooms(), .adjust = [this, limited](AuthOptions& adjusted) {
               adjusted.limits_enabled = limited;
               adjusted.logger = &log;
             }}} {
    mount(app.site(), app.auth());
    id = make_user(ann);
    flows::sign_in(owner);
    sign_in_program();
  }
  void sign_in_program() {
    program.bearer("");
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    bearer = text_at(program.answer(), {"authentication", "bearer"});
    program.bearer(bearer);
  }
  static ApiKeyOptions usual() { return {.scopes = {"read", "write"}}; }
  std::vector<Strategy> rooms() { return {rowan::password(), rowan::api_key(options_)}; }

  static void mount(Site& site, Auth& auth) {
    const auto say = [](Conn& conn, const Claims& claims) {
      return conn.json({{"id", claims.id},
                        {"key", claims.using_api_key() ? claims.key.id().text() : std::string()},
                        {"scopes", claims.key.scopes()}});
    };
    site.get("/claims", rowan::bearer(auth, rowan::non_blocking(say)));
    site.get("/either", session_or_bearer(auth, say));
    site.get("/session", signed_in(auth, say));
    site.get("/read", rowan::bearer(auth, {.scopes = {"read"}}, say));
    site.get("/both", rowan::bearer(auth, {.scopes = {"read", "write"}}, say));
    site.get("/owner", rowan::bearer(auth, {.owner_only = true}, say));
    site.get("/fresh", rowan::bearer(auth, {.within = 10min}, say));
    site.get("/user", rowan::bearer(auth, [](Conn& conn, const User& user) { return conn.json({{"user", user}}); }));
  }
  AccountId make_user(std::string_view email) { return flows::make_user(app, email); }

  Browser& create(Browser& by, Json wish) {
    return by.json("POST", "/api/auth/user/api_keys", {{"user", std::move(wish)}});
  }
  std::string key_of(const Browser& by) { return text_at(by.answer(), {"api_key"}); }
  /// A key of the account, by its program.
  std::string make_key(Json wish = {{"name", "Backup"}}) {
    EXPECT_EQ(create(program, std::move(wish)).status(), 201) << program.body();
    made_id = text_at(program.answer(), {"id"});
    return key_of(program);
  }
  Browser with(std::string key) {
    auto browser = app.browser();
    browser.bearer(std::move(key));
    return browser;
  }
  /// By the event loop and, when that does not know, by the pool.
  int status_of(const std::string& key, std::string_view path = "/claims") {
    auto browser = with(key);
    return browser.json("GET", path).status();
  }
  int revoke(std::string_view which) {
    return program.json("DELETE", "/api/auth/user/api_keys/" + std::string(which)).status();
  }
  std::vector<Json> list() {
    EXPECT_EQ(program.json("GET", "/api/auth/user/api_keys").status(), 200) << program.body();
    const auto all = program.answer().find("api_keys");
    return all ? all->items() : std::vector<Json>();
  }
  bool first_has_ended() {
    const auto keys = list();
    const auto ended = keys.empty() ? std::nullopt : keys.front().find("ended");
    return ended && ended->as_boolean().value_or(false);
  }
  std::int64_t number(const Sql& statement) { return testing::number_in(app.database(), statement); }
  void run(const Sql& statement, SqlParams params = {}) {
    const auto done =
        app.database().transact([&](Transaction& transaction) { return transaction.execute(statement, params); });
    ASSERT_TRUE(done) << done.error().reason;
  }

  RememberingLogger log;
  ApiKeyOptions options_;
  testing::TestApp app;
  Browser owner = app.browser(), program = app.browser();
  AccountId id{};
  std::string bearer{}, made_id{};
};

}  // namespace rowan::flows
