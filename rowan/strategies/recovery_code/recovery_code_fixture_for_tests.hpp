#pragma once
// What the tests of the room have in common: an account whose second factor is an authenticator app, and its codes.
#include <barrier>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/totp_code.hpp>
#include <thread>

#include <tests/flows/another_node.hpp>
#include <tests/flows/mail_flow.hpp>
#include <tests/flows/totp_key.hpp>

namespace rowan::flows {

using namespace std::chrono_literals;

inline std::vector<Strategy> rooms_with(RecoveryCodeOptions options = {}) {
  return {rowan::password(), rowan::magic_link(), rowan::otp(), rowan::totp(),
          rowan::recovery_code(std::move(options))};
}

class RecoveryCodes : public ::testing::TestWithParam<std::string> {
 protected:
  explicit RecoveryCodes(bool limited = true)
      : app{{.database = GetParam(), .strategies = rooms_with(), .adjust = [this, limited](AuthOptions& options) {
               options.limits_enabled = limited;
               options.second_factor.required = [this](const User&) { return required; };
             }}} {
    id = flows::make_user(app);
    flows::sign_in(owner);
  }

  /// Sets up an authenticator app, the account's first second factor. Its first code is used by that.
  void set_up_app(Browser& browser) {
    auto form = browser.get("/totp-setup").form("totp/setup");
    if (form.has("user[current_password]")) form.fill("user[current_password]", password);
    form.submit();
    app_secret = key_on(browser);
    ASSERT_FALSE(app_secret.empty());
    browser.form("totp/confirm_setup").fill("user[code]", app_code()).submit();
    app.clock().advance(30s);
  }
  std::string app_code() { return testing::totp_code(app_secret, app.clock()); }

  std::vector<std::string> codes_on(const Browser& browser) {
    std::vector<std::string> codes;
    const std::string begin = "<li><code>";
    for (auto at = browser.body().find(begin); at != std::string::npos; at = browser.body().find(begin, at + 1))
      codes.push_back(
          browser.body().substr(at + begin.size(), browser.body().find('<', at + begin.size()) - at - begin.size()));
    return codes;
  }
  std::vector<std::string> make_codes(Browser& browser) {
    browser.get("/recovery-codes").form("recovery_code/generate").submit();
    auto codes = codes_on(browser);
    EXPECT_FALSE(codes.empty()) << browser.body();
    return codes;
  }
  /// An app and a set of codes, made in the owner's browser.
  std::vector<std::string> set_up() {
    set_up_app(owner);
    return make_codes(owner);
  }
  Browser& enter(Browser& browser, std::string_view code) {
    return browser.get("/recovery-code-verify").form("recovery_code/verify").fill("user[code]", code).submit();
  }
  /// The page that asks for a second factor, of a browser that showed the password.
  Browser& begin_sign_in(Browser& browser) { return flows::sign_in(browser); }

  // Programs.
  std::string pending_flow(Browser& program) {
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    EXPECT_EQ(program.status(), 401) << program.body();
    return text_at(program.answer(), {"authentication", "flow"});
  }
  Browser& send(Browser& program, std::string_view code, std::string_view flow) {
    return program.json("POST", "/api/auth/user/recovery_code/verify", {{"user", {{"code", code}}}, {"flow", flow}});
  }
  Browser& generate(Browser& program) {
    return program.json("POST", "/api/auth/user/recovery_code/generate", Json({}));
  }
  std::string bearer_of(Browser& program) { return text_at(program.answer(), {"authentication", "bearer"}); }
  /// With a session that has shown the password and a code of the app.
  Browser program_with_app() {
    auto program = app.browser();
    program.json("POST", "/api/auth/user/totp/verify",
                 {{"user", {{"code", app_code()}}}, {"flow", pending_flow(program)}});
    EXPECT_EQ(program.status(), 200) << program.body();
    app.clock().advance(30s);
    program.bearer(bearer_of(program));
    return program;
  }
  std::vector<std::string> made_by(Browser& program) {
    std::vector<std::string> codes;
    if (const auto all = program.answer().find("codes"))
      for (const auto& code : all->items()) codes.emplace_back(code.as_text().value_or(""));
    return codes;
  }

  std::int64_t number(const Sql& statement) { return testing::number_in(app.database(), statement); }
  std::int64_t left() { return number(Sql("SELECT COUNT(*) FROM rowan_recovery_codes WHERE used_at IS NULL")); }
  void run(const Sql& statement, SqlParams params = {}) {
    const auto done =
        app.database().transact([&](Transaction& transaction) { return transaction.execute(statement, params); });
    ASSERT_TRUE(done) << done.error().reason;
  }

  bool required = false;  // a second factor, of every account
  testing::TestApp app;
  Browser owner = app.browser();
  AccountId id{};
  std::string app_secret{};
};

/// A code that fits and is none.
inline constexpr std::string_view wrong_code = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF";

}  // namespace rowan::flows
