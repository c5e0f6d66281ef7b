// Every way in, followed by every second factor, on pages and by programs (MFA-14, REC-01).
#include <rowan/strategies/webauthn/passkey_flows_fixture.hpp>
#include <rowan/testing/totp_code.hpp>
#include <tuple>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;

enum class First { password, link, code, reset, confirmation, sign_in_token };
enum class Second { totp, passkey, recovery_code };

using Case = std::tuple<std::string, First, Second, bool>;  // the last: by a program

std::string name_of_case(const ::testing::TestParamInfo<Case>& info) {
  static constexpr std::array firsts{"Password", "Link", "Code", "Reset", "Confirmation", "SignInToken"};
  static constexpr std::array seconds{"Totp", "Passkey", "RecoveryCode"};
  const auto& [database, first, second, program] = info.param;
  return std::string(firsts[static_cast<std::size_t>(first)]) + "Then" + seconds[static_cast<std::size_t>(second)] +
         (program ? "ByAProgramOn_" : "OnPagesOn_") + database;
}

class EveryFactor : public ::testing::TestWithParam<Case> {
 protected:
  EveryFactor()
      : app{{.database = std::get<0>(GetParam()),
             .strategies = {rowan::password(), rowan::magic_link(), rowan::otp(), rowan::totp(), rowan::webauthn(),
                            rowan::recovery_code()},
             .add_ons = {rowan::confirmation()}}} {
    NewUser user;
    user.email = ann;
    user.password = Secret::from_text(password);
    user.confirmed = first() != First::confirmation;
    const auto made = app.auth().create_user(user);
    if (!made) throw std::runtime_error(made.error().reason);
    id = made->id;
    set_up();
  }
  First first() const { return std::get<1>(GetParam()); }
  Second second() const { return std::get<2>(GetParam()); }
  bool by_program() const { return std::get<3>(GetParam()); }

  Browser& call(Browser& program, const std::string& path, const Json& fields, std::string_view flow = "") {
    return program.json("POST", "/api/auth/user/" + path, {{"user", fields}, {"flow", flow}});
  }
  static std::string flow_in(Browser& program) { return text_at(program.answer(), {"flow"}); }
  static std::string bearer_in(Browser& program) { return text_at(program.answer(), {"authentication", "bearer"}); }

  // By a program with a session that was shown a moment ago.
  void set_up() {
    auto program = app.browser();
    call(program, "password/sign_in", {{"email", ann}, {"password", password}});
    program.bearer(bearer_in(program));
    if (second() == Second::passkey) {
      call(program, "webauthn/add_credential_challenge", {{"current_password", password}});
      call(program, "webauthn/add_credential", {{"credential", *Json::parse(device.create(program.body()))}},
           flow_in(program));
      ASSERT_EQ(program.status(), 200) << program.body();
      return;
    }
    call(program, "totp/setup", {{"current_password", password}});
    seed = text_at(program.answer(), {"secret"});
    call(program, "totp/confirm_setup", {{"code", testing::totp_code(seed, app.clock())}}, flow_in(program));
    ASSERT_EQ(program.status(), 200) << program.body();
    app.clock().advance(30s);
    if (second() == Second::totp) return;
    program.bearer(bearer_in(program));
    call(program, "recovery_code/generate", Json({}));
    ASSERT_EQ(program.status(), 200) << program.body();
    recovery_code = std::string(*program.answer().find("codes")->items().at(0).as_text());
  }

  void show_first(Browser& browser) {
    switch (first()) {
      case First::password: sign_in(browser); return;
      case First::link:
        ask_for_link(browser);
        open_link(browser, app.mailed_path(ann));
        return;
      case First::code:
        ask_for_code(browser);
        browser.form("otp/sign_in").fill("user[otp]", app.mailbox(ann).at(0).code).submit();
        return;
      case First::reset:
        ask_for_reset(browser);
        choose(browser.get(app.mailed_path(ann)).form("password/reset"), other_password);
        return;
      case First::confirmation: {
        // With the password: to another reader of the mail the account would be given without its factors.
        auto program = app.browser();
        call(program, "confirm_new_user/resend", {{"email", ann}});
        browser.get(app.mailed_path(ann)).form("confirm_new_user").fill("user[current_password]", password).submit();
        return;
      }
      case First::sign_in_token: break;
    }
    const auto token = app.auth().issue_sign_in_token(id);
    auto form = browser.get("/sign-in").form("password/sign_in");
    browser.post("/auth/user/password/sign_in_with_token",
                 {{"_csrf_token", form.value("_csrf_token")}, {"user[token]", token->text}});
  }
  void show_first_by_program(Browser& program) {
    const auto mailed_token = [&] {
      const auto path = app.mailed_path(ann);
      return path.substr(path.rfind('/') + 1);
    };
    switch (first()) {
      case First::password: call(program, "password/sign_in", {{"email", ann}, {"password", password}}); return;
      case First::link:
        call(program, "magic_link/request", {{"email", ann}});
        call(program, "magic_link", {{"token", mailed_token()}});
        return;
      case First::code: {
        call(program, "otp/request", {{"email", ann}});
        const auto flow = text_at(program.answer(), {"authentication", "flow"});
        call(program, "otp/sign_in", {{"email", ann}, {"otp", app.mailbox(ann).at(0).code}}, flow);
        return;
      }
      case First::reset:
        call(program, "password/reset_request", {{"email", ann}});
        call(
            program, "password/reset",
            {{"reset_token", mailed_token()}, {"password", other_password}, {"password_confirmation", other_password}});
        return;
      case First::confirmation:
        call(program, "confirm_new_user/resend", {{"email", ann}});
        call(program, "confirm_new_user", {{"confirm", mailed_token()}, {"current_password", password}});
        return;
      case First::sign_in_token: break;
    }
    call(program, "password/sign_in_with_token", {{"token", app.auth().issue_sign_in_token(id)->text}});
  }

  void show_second(Browser& browser) {
    switch (second()) {
      case Second::totp:
        browser.get("/totp-verify")
            .form("totp/verify")
            .fill("user[code]", testing::totp_code(seed, app.clock()))
            .submit();
        return;
      case Second::recovery_code:
        browser.get("/recovery-code-verify").form("recovery_code/verify").fill("user[code]", recovery_code).submit();
        return;
      case Second::passkey: break;
    }
    browser.get("/webauthn-verify").form("webauthn/verify_challenge").submit();
    browser.form("webauthn/verify").fill("user[credential]", device.get(options_on(browser))).submit();
  }
  void show_second_by_program(Browser& program, const std::string& flow) {
    switch (second()) {
      case Second::totp: call(program, "totp/verify", {{"code", testing::totp_code(seed, app.clock())}}, flow); return;
      case Second::recovery_code: call(program, "recovery_code/verify", {{"code", recovery_code}}, flow); return;
      case Second::passkey: break;
    }
    call(program, "webauthn/verify_challenge", Json({}), flow);
    call(program, "webauthn/verify", {{"credential", *Json::parse(device.get(program.body()))}}, flow);
  }

  testing::VirtualAuthenticator device{device_options()};
  testing::TestApp app;
  AccountId id{};
  std::string seed{}, recovery_code{};
};

TEST_P(EveryFactor, ASessionNeedsBoth) {
  auto visitor = app.browser();
  if (!by_program()) {
    show_first(visitor);
    EXPECT_EQ(visitor.location(), "/second-factor") << visitor.body();
    auto half = visitor;
    EXPECT_FALSE(is_signed_in(half));
    show_second(visitor);
    EXPECT_TRUE(is_signed_in(visitor)) << visitor.body();
    return;
  }
  show_first_by_program(visitor);
  EXPECT_EQ(visitor.status(), 401) << visitor.body();
  EXPECT_TRUE(bearer_in(visitor).empty());
  const auto flow = text_at(visitor.answer(), {"authentication", "flow"});
  ASSERT_FALSE(flow.empty()) << visitor.body();
  show_second_by_program(visitor, flow);
  EXPECT_EQ(visitor.status(), 200) << visitor.body();
  const auto bearer = bearer_in(visitor);
  const auto verdict = app.auth().decide({.authorization = "Bearer " + bearer}, GuardKind::bearer);
  ASSERT_TRUE(std::holds_alternative<GuardAccepted>(*verdict));
  const auto& methods = std::get<GuardAccepted>(*verdict).claims.methods();
  // A token of an administrator's shows nothing by itself.
  EXPECT_EQ(methods.proves().kinds() >= 2, first() != First::sign_in_token || second() == Second::passkey);
}

INSTANTIATE_TEST_SUITE_P(All, EveryFactor,
                         ::testing::Combine(::testing::ValuesIn(testing::TemporaryDatabase::kinds()),
                                            ::testing::Values(First::password, First::link, First::code, First::reset,
                                                              First::confirmation, First::sign_in_token),
                                            ::testing::Values(Second::totp, Second::passkey, Second::recovery_code),
                                            ::testing::Bool()),
                         name_of_case);

}  // namespace
}  // namespace rowan::flows
