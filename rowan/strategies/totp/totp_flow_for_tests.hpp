#pragma once
// Not installed. The totp room under test, by its pages and by its programs.
#include <barrier>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/totp_code.hpp>
#include <tests/flows/another_node.hpp>
#include <tests/flows/mail_flow.hpp>
#include <tests/flows/totp_key.hpp>
#include <thread>

namespace rowan::flows::totp_room {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::totp_code;

inline std::vector<Strategy> rooms_with(TotpOptions options) {
  return {rowan::password(), rowan::magic_link(), rowan::otp(), rowan::totp(std::move(options))};
}

class Totp : public ::testing::TestWithParam<std::string> {
 protected:
  explicit Totp(bool limited = true)
      : app{{.database = GetParam(), .strategies = rooms_with({}), .adjust = [limited](AuthOptions& options) {
               options.limits_enabled = limited;
             }}} {
    id = flows::make_user(app);
    flows::sign_in(owner);
  }

  std::string code(std::string_view secret) { return totp_code(secret, app.clock()); }
  void next_code() { app.clock().advance(30s); }
  /// Any code but the right ones of now and the step before.
  std::string wrong(std::string_view secret) {
    const auto now = code(secret);
    const auto before = totp_code(secret, testing::FakeClock(app.clock().now() - 30s));
    for (const auto* other : {"000000", "111111", "222222"})
      if (other != now && other != before) return other;
    return "333333";
  }
  Browser& begin_setup(Browser& browser, std::string_view with = password) {
    auto form = browser.get("/account").form("totp/setup");
    if (form.has("user[current_password]")) form.fill("user[current_password]", with);  // of the first one
    return form.submit();
  }
  Browser& confirm_setup(Browser& browser, std::string_view typed, std::string_view label = "") {
    return browser.form("totp/confirm_setup").fill("user[code]", typed).fill("user[label]", label).submit();
  }
  /// Sets one up in this browser; its first code is used by that.
  std::string set_up(Browser& browser, std::string_view label = "") {
    begin_setup(browser);
    auto secret = key_on(browser);
    confirm_setup(browser, code(secret), label);
    EXPECT_EQ(browser.status(), 200) << browser.body();
    return secret;
  }
  Browser& enter(Browser& browser, std::string_view typed) {
    return browser.get("/totp-verify").form("totp/verify").fill("user[code]", typed).submit();
  }
  std::string pending_flow(Browser& program) {
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    EXPECT_EQ(program.status(), 401) << program.body();
    return text_at(program.answer(), {"authentication", "flow"});
  }
  Browser& send(Browser& program, std::string_view phase, std::string_view typed, std::string_view flow) {
    return program.json("POST", "/api/auth/user/totp/" + std::string(phase),
                        {{"user", {{"code", typed}}}, {"flow", flow}});
  }
  std::string error_of(Browser& program) {
    const auto errors = program.answer().find("errors");
    return errors && !errors->items().empty()
               ? text_at(errors->items().front(), {"field"}) + " " + text_at(errors->items().front(), {"code"})
               : std::string();
  }
  std::string bearer_of(Browser& program) { return text_at(program.answer(), {"authentication", "bearer"}); }
  std::int64_t number(const Sql& statement) { return testing::number_in(app.database(), statement); }
  std::int64_t authenticators() { return number(Sql("SELECT COUNT(*) FROM rowan_totp")); }
  std::vector<std::string> texts(const Sql& statement) {
    const auto rows = app.database().read([&](SqlConnection& connection) { return connection.query(statement); });
    std::vector<std::string> all;
    for (const auto& row : *rows) all.push_back(row.text("value"));
    return all;
  }
  void run(const Sql& statement, SqlParams params = {}) {
    const auto done =
        app.database().transact([&](Transaction& transaction) { return transaction.execute(statement, params); });
    ASSERT_TRUE(done) << done.error().reason;
  }

  testing::TestApp app;
  Browser owner = app.browser();
  AccountId id{};
};
/// Without limits, so that every request of a burst gets to look.
class TotpBurst : public Totp {
 protected:
  TotpBurst() : Totp(false) {}
};

}  // namespace rowan::flows::totp_room
