// A passkey after another factor, and in a session that has to show more.
#include <barrier>
#include <rowan/strategies/webauthn/passkey_flows_fixture.hpp>
#include <thread>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class PasskeySecond : public PasskeyFlows {
 protected:
  explicit PasskeySecond(Setting setting = {}) : PasskeyFlows(std::move(setting)) {
    id = make();
    flows::sign_in(owner);
    add(owner, device);
    if (passkeys() != 1) throw std::runtime_error(owner.body());
  }
  Browser& verify_program(Browser& program, const std::string& flow, const Lies& lies = {}) {
    const auto options = ask(program, "verify_challenge", Json({}), flow);
    return send(program, "verify", device.get(options, lies), flow_of(options));
  }
  VirtualAuthenticator device{device_options()};
  Browser owner = app.browser();
  AccountId id{};
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeySecond, every_database(), name_of_database);

TEST_P(PasskeySecond, IsAskedForAfterAPassword) {  // MFA-14
  auto browser = app.browser();
  browser.get("/sign-in?return_to=%2Fprivate");
  browser.form("password/sign_in").fill("user[email]", ann).fill("user[password]", password).submit();
  EXPECT_EQ(browser.location(), "/second-factor");
  EXPECT_FALSE(is_signed_in(browser));
  verify_person(browser, device, {.garbled_signature = true});
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(browser.says("That passkey didn't work. Please try again.")) << browser.body();
  EXPECT_FALSE(is_signed_in(browser));
  verify_person(browser, device);
  EXPECT_EQ(browser.location(), "/private") << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasskeySecond, IsAskedForAfterALinkACodeAndAReset) {  // REC-01
  auto by_link = app.browser(), by_code = app.browser(), by_reset = app.browser();
  ask_for_link(by_link);
  open_link(by_link, app.mailed_path(ann));
  ask_for_code(by_code);
  by_code.form("otp/sign_in").fill("user[otp]", app.mailbox(ann).at(0).code).submit();
  for (auto* browser : {&by_link, &by_code}) {
    EXPECT_FALSE(is_signed_in(*browser));
    verify_person(*browser, device);
    EXPECT_TRUE(is_signed_in(*browser)) << browser->body();
  }
  ask_for_reset(by_reset);
  choose(by_reset.get(app.mailed_path(ann)).form("password/reset"), other_password);
  EXPECT_FALSE(is_signed_in(by_reset));
  verify_person(by_reset, device);
  EXPECT_TRUE(is_signed_in(by_reset)) << by_reset.body();
}

TEST_P(PasskeySecond, IsAskedOfPrograms) {
  auto program = app.browser();
  const auto flow = flow_that_waits(program);
  EXPECT_THAT(program.body(), HasSubstr(R"("factors":["webauthn"])"));
  const auto options = ask(program, "verify_challenge", Json({}), flow);
  EXPECT_EQ(flow_of(options), flow) << "the sign-in that waits is the flow";
  EXPECT_EQ(Json::parse(options)->find("allowCredentials")->items().size(), 1U);  // WA-19
  const auto credential = device.get(options);
  EXPECT_EQ(send(program, "verify", credential, "").status(), 401) << "no sign-in waits for it";
  EXPECT_EQ(send(program, "verify", credential, flow).status(), 200) << program.body();
  EXPECT_THAT(methods_of(program).text(), HasSubstr("webauthn"));
  EXPECT_THAT(methods_of(program).text(), HasSubstr("password"));
  EXPECT_EQ(send(program, "verify", credential, flow).status(), 401) << "the flow is used";
}

TEST_P(PasskeySecond, WorksWithoutUserVerification) {
  auto program = app.browser();
  EXPECT_EQ(verify_program(program, flow_that_waits(program), {.clear_flags = 4}).status(), 200) << program.body();
}

TEST_P(PasskeySecond, OfAnotherAccountIsRefused) {  // WA-11
  make("bob@notes.example");
  auto bob = app.browser();
  flows::sign_in(bob, "bob@notes.example");
  VirtualAuthenticator bobs(device_options());
  add(bob, bobs);
  auto program = app.browser();
  const auto flow = flow_that_waits(program);
  const auto options = *Json::parse(ask(program, "verify_challenge", Json({}), flow));
  // Bob's authenticator signs Ann's challenge, without the list of what is allowed.
  const Json open({{"challenge", text_at(options, {"challenge"})}, {"rpId", "rowan.example"}});
  EXPECT_EQ(send(program, "verify", bobs.get(open.text()), flow).status(), 401);
  EXPECT_EQ(log.count(LogLevel::info, "7.2 step 6"), 1U);
}

TEST_P(PasskeySecond, AChallengeOfSigningInIsNoneOfVerifying) {
  auto program = app.browser();
  const auto flow = flow_that_waits(program);
  auto other = app.browser();
  const auto options = ask(other, "authentication_challenge");
  EXPECT_EQ(send(program, "verify", device.get(options), flow).status(), 401);
  EXPECT_EQ(send(program, "verify", device.get(options), flow_of(options)).status(), 401);
}

TEST_P(PasskeySecond, RenewsTheSessionThatIsThere) {
  auto program = app.browser();
  verify_program(program, flow_that_waits(program));
  const auto before = bearer_of(program);
  program.bearer(before);
  verify_program(program, "");
  EXPECT_EQ(program.status(), 200) << program.body();
  const auto old = app.auth().decide({.authorization = "Bearer " + before}, GuardKind::bearer);
  EXPECT_FALSE(std::holds_alternative<GuardAccepted>(*old)) << "the token that was renewed has ended";
  const auto cookies = owner.cookies();
  verify_person(owner, device);
  EXPECT_TRUE(is_signed_in(owner)) << owner.body();
  auto thief = app.browser();
  thief.cookies() = cookies;
  EXPECT_FALSE(is_signed_in(thief));
}

TEST_P(PasskeySecond, ASignInThatWaitsDiesWithItsCredentials) {
  auto program = app.browser();
  const auto flow = flow_that_waits(program);
  const auto options = ask(program, "verify_challenge", Json({}), flow);
  ASSERT_TRUE(app.auth().revoke_all(id));
  EXPECT_EQ(send(program, "verify", device.get(options), flow).status(), 401);
}

TEST_P(PasskeySecond, PageSaysWhenThereIsNothingToVerify) {
  make("bob@notes.example");
  auto bob = app.browser();
  flows::sign_in(bob, "bob@notes.example");
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials("bob@notes.example"));
  program.bearer(bearer_of(program));
  EXPECT_EQ(call(program, "verify_challenge", Json({})).status(), 401);
  auto visitor = app.browser();
  EXPECT_THAT(visitor.get("/webauthn-verify").location(), HasSubstr("/sign-in"));
}

TEST_P(PasskeySecond, WaitingSignInsAndTheirChallengesOutliveARestart) {
  auto program = app.browser();
  const auto flow = flow_that_waits(program);
  const auto options = ask(program, "verify_challenge", Json({}), flow);
  AnotherNode node(app, {.strategies = strategies({})});
  auto restarted = node.browser();
  EXPECT_EQ(send(restarted, "verify", device.get(options), flow).status(), 200) << restarted.body();
}

/// Without limits, so that every request of a burst gets to look.
class PasskeySecondBurst : public PasskeySecond {
 protected:
  PasskeySecondBurst() : PasskeySecond({.limited = false}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeySecondBurst, every_database(), name_of_database);

TEST_P(PasskeySecondBurst, OneAssertionEndsOneSignIn) {
  auto asking = app.browser();
  const auto flow = flow_that_waits(asking);
  const auto credential = device.get(ask(asking, "verify_challenge", Json({}), flow));
  AnotherNode node(app, {.strategies = strategies({}), .limited = false});
  constexpr std::size_t crowd = 100;
  std::vector<int> statuses(crowd);
  std::barrier start(static_cast<std::ptrdiff_t>(crowd));
  {
    std::vector<std::jthread> programs;
    for (std::size_t i = 0; i < crowd; ++i)
      programs.emplace_back([&, i] {
        auto program = i % 2 == 0 ? app.browser() : node.browser();
        start.arrive_and_wait();
        statuses[i] = send(program, "verify", credential, flow).status();
      });
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(std::ranges::count(statuses, 401), static_cast<std::ptrdiff_t>(crowd) - 1);
}

TEST_P(PasskeySecond, ThatVerifiedItsUserIsEnoughByItself) {  // WA-20
  auto program = app.browser();
  const auto options = ask(program, "authentication_challenge");
  EXPECT_EQ(send(program, "sign_in", device.get(options), flow_of(options)).status(), 200) << program.body();
  const auto verdict = app.auth().decide({.authorization = "Bearer " + bearer_of(program)}, GuardKind::bearer);
  const auto proves = std::get<GuardAccepted>(*verdict).claims.methods().proves();
  EXPECT_TRUE(proves.includes({Evidence::held, Evidence::inherent, Evidence::phishing_resistant}));
  EXPECT_FALSE(proves.has(Evidence::hardware_key)) << "no certificate says so";
}

/// A route that takes nothing but a passkey of the last ten minutes.
class PasskeyStepUp : public PasskeySecond {
 protected:
  PasskeyStepUp() {
    app.site().get("/vault", signed_in(app.auth(), {.within = 10min, .phishing_resistant = true},
                                       [](Conn& conn, const Claims&) { return conn.text("in"); }));
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyStepUp, every_database(), name_of_database);

TEST_P(PasskeyStepUp, StillSaysWhyAfterAWrongAnswer) {
  const auto why = "Use your passkey to show that it's you.";
  app.clock().advance(11min);
  owner.get("/vault");
  for (int wrong = 0; wrong < 2; ++wrong) {
    EXPECT_TRUE(owner.says(why)) << owner.body();
    owner.form("webauthn/verify_challenge").submit();
    answer(owner, "webauthn/verify", device.get(options_on(owner), {.garbled_signature = true}));
    EXPECT_EQ(owner.status(), 401);
  }
  EXPECT_TRUE(owner.says(why)) << owner.body();
  owner.form("webauthn/verify_challenge").submit();
  answer(owner, "webauthn/verify", device.get(options_on(owner)));
  EXPECT_EQ(owner.location(), "/vault") << owner.body();
  EXPECT_EQ(owner.body(), "in");
}

TEST_P(PasskeyStepUp, LeadsWhoHasNoneToSetOneUpAndNothingElse) {
  make("bob@notes.example");
  auto bob = app.browser();
  flows::sign_in(bob, "bob@notes.example");
  bob.get("/vault");
  EXPECT_TRUE(bob.says("What you are about to see needs a passkey. Your account has none yet.")) << bob.body();
  EXPECT_THAT(bob.body(), HasSubstr("/webauthn-setup?return_to=%2Fvault"));
  EXPECT_THAT(bob.body(), Not(HasSubstr("/totp-setup"))) << "the guard would ask again";
}

class PasskeyUnverified : public PasskeySecond {
 protected:
  PasskeyUnverified()
      : PasskeySecond({.options = {.user_verification = WebauthnOptions::UserVerification::preferred}}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyUnverified, every_database(), name_of_database);

TEST_P(PasskeyUnverified, IsOneFactorAndAnotherIsAskedFor) {  // WA-20
  auto program = app.browser();
  const auto options = ask(program, "authentication_challenge");
  send(program, "sign_in", device.get(options, {.clear_flags = 4}), flow_of(options));
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(text_at(program.answer(), {"authentication", "status"}), "pending") << program.body();
}

/// Every account has to have a second factor.
class PasskeyEnrolment : public PasskeyFlows {
 protected:
  PasskeyEnrolment() : PasskeyFlows({.second_factor_required = true}) { make(); }
  VirtualAuthenticator device{device_options()};
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyEnrolment, every_database(), name_of_database);

TEST_P(PasskeyEnrolment, IsPartOfSigningIn) {
  auto browser = app.browser();
  flows::sign_in(browser);
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_THAT(browser.get("/second-factor").body(), HasSubstr("/webauthn-setup"));
  browser.get("/webauthn-setup").form("webauthn/add_credential_challenge").submit();
  answer(browser, "webauthn/add_credential", device.create(options_on(browser)));
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  auto again = app.browser();
  sign_in_person(again, device);
  EXPECT_TRUE(is_signed_in(again)) << again.body();
}

TEST_P(PasskeyEnrolment, IsDoneByPrograms) {
  auto program = app.browser();
  const auto flow = flow_that_waits(program);
  const auto options = ask(program, "add_credential_challenge", Json({}), flow);
  EXPECT_EQ(flow_of(options), flow) << "the sign-in that waits is the flow";
  EXPECT_EQ(send(program, "add_credential", device.create(options), flow).status(), 200) << program.body();
  EXPECT_EQ(passkeys(), 1);
}

class PasskeyNotSecond : public PasskeyFlows {
 protected:
  PasskeyNotSecond() : PasskeyFlows({.options = {.second_factor = false}}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyNotSecond, every_database(), name_of_database);

TEST_P(PasskeyNotSecond, IsNotAskedForAfterAPassword) {
  make();
  auto owner = app.browser();
  flows::sign_in(owner);
  VirtualAuthenticator device(device_options());
  add(owner, device);
  auto other = app.browser();
  flows::sign_in(other);
  EXPECT_TRUE(is_signed_in(other));
  sign_in_person(other, device);
  EXPECT_TRUE(is_signed_in(other)) << other.body();
}

}  // namespace
}  // namespace rowan::flows
