// Phases called as functions: by the same code as over HTTP, down to hooks, fields and limits.
#include <rowan/testing/authenticated.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <tests/flows/logged.hpp>
#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Action : public ::testing::TestWithParam<std::string> {
 protected:
  using Sent = std::map<std::string, std::string>;

  testing::TestAppOptions options() {
    auto options = with_mail_rooms(GetParam());
    options.strategies[0] = rowan::password({.registration = PasswordOptions::Registration::off});
    options.add_ons.push_back(rowan::account());
    options.adjust = [this](AuthOptions& auth) {
      auth.logger = &log;
      auth.hooks.factors = [this](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
        return named(factors);
      };
      auth.hooks.events = {AuthEvent::Kind::signed_in};
      auth.hooks.on_event = [this](Transaction&, const Services&, const AuthEvent&) -> Result<> {
        ++sign_ins;
        return {};
      };
      auth.hooks.on_failure = [this](const Services&, const AuthEvent& event) -> Result<> {
        failures.push_back(event);
        return {};
      };
    };
    return options;
  }
  Result<ActionResult> call(const ActionCaller& caller, std::string_view strategy, std::string_view phase,
                            const Sent& sent) {
    return app.auth().action(caller, {strategy, phase}, sent);
  }
  Sent signing_in(std::string_view with = password) {
    return {{"email", std::string(ann)}, {"password", std::string(with)}};
  }
  /// Makes the account and signs in.
  ActionCaller ann_herself() {
    NewUser user;
    user.email = ann;
    user.password = Secret::from_text(password);
    EXPECT_TRUE(app.auth().create_user(user));
    return {.claims = claims_of(*call({}, "password", "sign_in", signing_in())->token)};
  }
  VerifiedClaims claims_of(const std::string& token) {
    const auto header = "Bearer " + token;
    const auto verdict = app.auth().decide({.cookie = {}, .authorization = header}, GuardKind::bearer);
    return std::get<GuardAccepted>(*verdict).claims;
  }

  RememberingLogger log{};
  std::vector<AuthEvent> failures{};
  std::vector<std::string> factors{};
  int sign_ins = 0;
  testing::TestApp app{options()};
  const ActionCaller somebody{.trusted = false,
                              .address = *http::IpAddress::parse("198.51.100.7"),
                              .user_agent = "a program",
                              .language = "de"};
};
INSTANTIATE_TEST_SUITE_P(Databases, Action, every_database(), name_of_database);

TEST_P(Action, APhaseForSignedInUsersNeedsValidClaims) {
  const auto ann_is_here = ann_herself();
  const Sent change{{"current_password", std::string(password)},
                    {"password", std::string(other_password)},
                    {"password_confirmation", std::string(other_password)}};
  const auto code = [&](const ActionCaller& caller) {
    const auto result = call(caller, "password", "change", change);
    return result ? "ok" : std::string(public_name(result.error().code));
  };
  EXPECT_EQ(code({}), "authentication_failed");
  auto foreign = ann_is_here;
  auto of_another = foreign.claims->get();
  of_another.realm.tenant = "acme";
  foreign.claims = testing::verified(of_another);
  EXPECT_EQ(code(foreign), "authentication_failed");
  auto late = ann_is_here;
  auto ended = late.claims->get();
  ended.expires_at = app.clock().now();
  late.claims = testing::verified(ended);
  EXPECT_EQ(code(late), "authentication_failed");
  EXPECT_EQ(code(ann_is_here), "ok");
  EXPECT_EQ(code(ann_is_here), "authentication_failed") << "that session has ended with the change";
}

TEST_P(Action, RejectsRevokedClaims) {
  const auto caller = ann_herself();
  ASSERT_TRUE(app.auth().revoke(*caller.claims));
  const auto closed = call(caller, "account", "close", {{"current_password", std::string(password)}});
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, ErrorCode::authentication_failed);
  EXPECT_TRUE(*app.find_user(ann));
}

TEST_P(Action, ReportsThatTheSessionEnded) {
  const auto caller = ann_herself();
  const auto closed = call(caller, "account", "close", {{"current_password", std::string(password)}});
  ASSERT_TRUE(closed);
  EXPECT_TRUE(closed->session_ended);
  EXPECT_FALSE(*app.find_user(ann));
}

TEST_P(Action, AFailureRunsTheHooksAndIsLoggedAsOverHttp) {
  ann_herself();
  EXPECT_EQ(sign_ins, 1);
  ASSERT_FALSE(call(somebody, "password", "sign_in", signing_in(other_password)));
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials(ann, other_password));
  ASSERT_EQ(failures.size(), 2u);
  const auto &called = failures[0], &posted = failures[1];
  EXPECT_EQ(called.strategy, posted.strategy);
  EXPECT_EQ(called.phase, posted.phase);
  EXPECT_EQ(called.realm, posted.realm);
  EXPECT_EQ(called.code, posted.code);
  EXPECT_EQ(called.reason, posted.reason);
  EXPECT_EQ(called.from.text(), "198.51.100.7");
  EXPECT_EQ(called.user_agent, "a program");
  EXPECT_EQ(called.language, "de");
  EXPECT_EQ(log.count(LogLevel::info, "authentication_failed"), 2u);
  EXPECT_EQ(log.count(LogLevel::info, "signed_in"), 1u);
}

TEST_P(Action, NamesTheFieldsThatHttpNames) {
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", {{"user", {{"email", "no address"}}}});
  ASSERT_EQ(program.status(), 422);
  const auto called = call({}, "password", "sign_in", {{"email", "no address"}});
  ASSERT_FALSE(called);
  EXPECT_EQ(called.error().code, ErrorCode::invalid_input);
  std::vector<std::string> posted, named;
  const auto errors = Json::parse(program.body())->find("errors")->items();
  for (const auto& error : errors) posted.push_back(text_at(error, {"field"}) + " " + text_at(error, {"code"}));
  for (const auto& field : called.error().fields) named.push_back(field.field + " " + field.code);
  EXPECT_THAT(named, ElementsAre("email invalid", "password required"));
  EXPECT_EQ(named, posted);
  EXPECT_EQ(failures.size(), 2u);
}

TEST_P(Action, UndeclaredPhasesAreNotFoundAndRunNoHook) {
  const auto code = [&](const Activity& activity, const SubjectName& subject) {
    const auto result = app.auth().action(activity, signing_in(), {.subject = subject});
    return result ? "ok" : std::string(public_name(result.error().code));
  };
  EXPECT_EQ(code({"badge", "sign_in"}, "user"), "not_found");
  EXPECT_EQ(code({"password", "guess"}, "user"), "not_found");
  EXPECT_EQ(code({"password", "sign_in"}, "admin"), "not_found");
  EXPECT_THAT(failures, IsEmpty());
}

TEST_P(Action, OnlyTrustedCallersReachUnmountedPhases) {
  Sent registering = signing_in();
  registering["password_confirmation"] = registering["password"];
  const auto refused = call(somebody, "password", "register", registering);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  const auto made = call({}, "password", "register", registering);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->registered);
  EXPECT_TRUE(made->token);
}

TEST_P(Action, AnAccountsLimitHoldsUnlessTheCallerIsTrusted) {
  auto caller = ann_herself();
  const auto close = [&](bool trusted) {
    caller.trusted = trusted;
    return call(caller, "account", "close", {{"current_password", "wrong wrong wrong"}}).error().code;
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(close(true), ErrorCode::invalid_input);
  caller.address = *http::IpAddress::parse("198.51.100.7");
  for (int i = 0; i < 10; ++i) EXPECT_NE(close(false), ErrorCode::rate_limited) << i;
  EXPECT_EQ(close(false), ErrorCode::rate_limited);
}

TEST_P(Action, AnUnavailableLanguageFallsBackToTheDefault) {
  ann_herself();
  ASSERT_TRUE(call({.language = "xx"}, "magic_link", "request", {{"email", "new@notes.example"}}));
  ASSERT_TRUE(call({.language = "de"}, "magic_link", "request", {{"email", "neu@notes.example"}}));
  const auto in = [&](std::string_view to) { return app.mailbox(to).at(0).subject; };
  EXPECT_NE(in("new@notes.example"), in("neu@notes.example"));
}

TEST_P(Action, ReportsWhichSecondFactorsAreNeeded) {
  ann_herself();
  factors = {"totp"};
  const auto result = call({}, "password", "sign_in", signing_in());
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->pending_flow);
  EXPECT_FALSE(result->token);
  EXPECT_THAT(result->factors, ElementsAre("totp"));
}

}  // namespace
}  // namespace rowan::flows
