#pragma once
// What the tests of the room have in common: an account whose second factor is an authenticator app, and its codes.
#include <barrier>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/totp_code.hpp>
#include <thread>

#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {

using namespace std::chrono_literals;

inline std::vector<Strategy> rooms_with(RecoveryCodeOptions options = {}) {
  return {rowan::password(), rowan::magic_link(), rowan::otp(), rowan::totp(),
          rowan::recovery_code(std::move(options))};
}

/// A program that starts again, or a second node: another Auth over the same database.
class Node {
 public:
  explicit Node(testing::TestApp& app, std::string_view secret = "a secret of tests: 0123456789abcdef",
                bool limited = true, RecoveryCodeOptions options = {})
      : mailer_(open_mailer("mailbox")),
        hasher_(make_argon2id_hasher({.memory_kib = 8, .passes = 1}, app.random())),
        auth_({.base_url = "https://rowan.example",
               .database = app.database(),
               .mailer = *mailer_,
               .secret = Secrets({Secret::from_text(secret)}),
               .strategies = rooms_with(std::move(options)),
               .limits_enabled = limited,
               .clock = &app.clock(),
               .random = &app.random(),
               .hasher = hasher_.get()}) {
    site_.mount(routes(auth_)
                    .auth_routes(web_)
                    .auth_routes(api_, {.path = "/api/auth"})
                    .sign_in_route()
                    .sign_out_route(web_)
                    .account_routes());
    site_.get("/me",
              session_or_bearer(auth_, [](Conn& conn, const User& user) { return conn.json({{"user", user}}); }));
  }
  Browser browser() { return Browser(site_, "https://rowan.example"); }
  /// With the cookies of a browser of before.
  Browser browser(Browser& before) {
    auto browser = this->browser();
    browser.cookies() = before.cookies();
    return browser;
  }

 private:
  std::unique_ptr<Mailer> mailer_;
  std::unique_ptr<PasswordHasher> hasher_;
  Auth auth_;
  Controller web_{};
  ApiController api_{};
  Site site_{};
};

class RecoveryCodes : public ::testing::TestWithParam<std::string> {
 protected:
  explicit RecoveryCodes(bool limited = true)
      : app{{.database = GetParam(), .strategies = rooms_with(), .adjust = [this, limited](AuthOptions& options) {
               options.limits_enabled = limited;
               options.second_factor.required = [this](const User&) { return required; };
             }}} {
    NewUser user;
    user.email = ann;
    user.password = Secret::from_text(password);
    user.confirmed = true;
    const auto made = app.auth().create_user(user);
    if (!made) throw std::runtime_error(made.error().reason);
    id = made->id;
    flows::sign_in(owner);
  }

  /// Sets up an authenticator app, the account's first second factor. Its first code is used by that.
  void set_up_app(Browser& browser) {
    auto form = browser.get("/totp-setup").form("totp/setup");
    if (form.has("user[current_password]")) form.fill("user[current_password]", password);
    form.submit();
    const std::string begin = "<code class=\"key\">";
    const auto at = browser.body().find(begin);
    ASSERT_NE(at, std::string::npos) << browser.body();
    const auto from = at + begin.size();
    app_secret = browser.body().substr(from, browser.body().find('<', from) - from);
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
