// The second step of a sign-in, and of a session that has to show more.
#include <rowan/strategies/totp/totp_flow_for_tests.hpp>

namespace rowan::flows::totp_room {
namespace {

using TotpSignIn = Totp;
INSTANTIATE_TEST_SUITE_P(Databases, TotpSignIn, every_database(), name_of_database);
using TotpSignInBurst = TotpBurst;
INSTANTIATE_TEST_SUITE_P(Databases, TotpSignInBurst, every_database(), name_of_database);

TEST_P(TotpSignIn, IsAskedForAfterAPassword) {  // MFA-14
  const auto secret = set_up(owner);
  next_code();
  auto browser = app.browser();
  browser.get("/sign-in?return_to=%2Fprivate");
  browser.form("password/sign_in").fill("user[email]", ann).fill("user[password]", password).submit();
  EXPECT_EQ(browser.location(), "/second-factor");
  EXPECT_TRUE(browser.form("totp/verify").has("user[code]")) << browser.body();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(enter(browser, wrong(secret)).status(), 401);
  EXPECT_TRUE(browser.says("This code is wrong or was used already.")) << browser.body();
  EXPECT_FALSE(is_signed_in(browser));
  enter(browser, code(secret));
  EXPECT_EQ(browser.location(), "/private") << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(TotpSignIn, IsAskedForAfterALinkAndAfterACode) {
  const auto secret = set_up(owner);
  next_code();
  auto by_link = app.browser(), by_code = app.browser();
  ask_for_link(by_link);
  open_link(by_link, app.mailed_path(ann));
  EXPECT_FALSE(is_signed_in(by_link));
  enter(by_link, code(secret));
  EXPECT_TRUE(is_signed_in(by_link)) << by_link.body();
  next_code();
  ask_for_code(by_code);
  by_code.form("otp/sign_in").fill("user[otp]", app.mailbox(ann).at(0).code).submit();
  EXPECT_FALSE(is_signed_in(by_code));
  enter(by_code, code(secret));
  EXPECT_TRUE(is_signed_in(by_code)) << by_code.body();
}

TEST_P(TotpSignIn, IsNotGotAroundByAReset) {  // REC-01
  const auto secret = set_up(owner);
  next_code();
  auto browser = app.browser();
  ask_for_reset(browser);
  choose(browser.get(app.mailed_path(ann)).form("password/reset"), other_password);
  EXPECT_FALSE(is_signed_in(browser));
  enter(browser, code(secret));
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
}

TEST_P(TotpSignIn, IsAskedOfPrograms) {
  const auto secret = set_up(owner);
  next_code();
  for (const auto* phase : {"verify", "sign_in"}) {
    auto program = app.browser();
    const auto flow = pending_flow(program);
    EXPECT_THAT(program.body(), HasSubstr(R"("factors":["totp"])"));
    EXPECT_EQ(send(program, phase, wrong(secret), flow).status(), 401);
    EXPECT_EQ(send(program, phase, code(secret), "").status(), 401) << "no sign-in waits for it";
    EXPECT_EQ(send(program, phase, code(secret), flow).status(), 200) << program.body();
    const auto verdict = app.auth().decide({.authorization = "Bearer " + bearer_of(program)}, GuardKind::bearer);
    EXPECT_EQ(to_json(std::get<GuardAccepted>(*verdict).claims.methods()).text(), R"(["password","totp"])");
    EXPECT_EQ(send(program, phase, code(secret), flow).status(), 401) << "the flow is used";
    next_code();
  }
}

TEST_P(TotpSignIn, ACodeWorksOnceAndNoneBeforeItAfterwards) {  // MFA-01, MFA-10
  const auto secret = set_up(owner);
  auto program = app.browser();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 401) << "used by the set-up";
  next_code();
  const auto before = code(secret);
  next_code();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200) << program.body();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 401) << "once";
  EXPECT_EQ(send(program, "verify", before, pending_flow(program)).status(), 401) << "in its time, but an earlier step";
}

TEST_P(TotpSignIn, ACodeWorksInItsStepAndTheNextAndNoEarlier) {  // MFA-05
  const auto secret = set_up(owner);
  app.clock().set_wall(Timestamp(std::chrono::seconds(1'800'000'000)));  // a step begins here
  const auto mine = code(secret);
  auto program = app.browser();
  const auto tries = [&](std::chrono::microseconds after) {
    app.clock().set_wall(Timestamp(std::chrono::seconds(1'800'000'000)) + after);
    return send(program, "verify", mine, pending_flow(program)).status();
  };
  EXPECT_EQ(tries(-1us), 401) << "a device that is ahead";
  EXPECT_EQ(tries(60s), 401);
  EXPECT_EQ(tries(60s - 1us), 200);
}

// Whatever it is sent for: sign-ins that wait, a session that shows more, the set-up of another authenticator. Half of
// them ask another process: a second Auth over the same database.
TEST_P(TotpSignInBurst, OneCodeIsUsedOnceWhenAHundredSendIt) {  // MFA-01, CON-03
  const auto secret = set_up(owner);
  next_code();
  auto signed_in = app.browser();
  ASSERT_EQ(send(signed_in, "verify", code(secret), pending_flow(signed_in)).status(), 200);
  const auto bearer = bearer_of(signed_in);
  next_code();
  constexpr std::size_t crowd = 100, waiting = 70, renewing = 85;
  std::vector<std::string> pending(waiting);
  for (auto& flow : pending) {
    auto program = app.browser();
    flow = pending_flow(program);
  }
  AnotherNode other(app, {.strategies = rooms_with({}), .limited = false});
  const auto right = code(secret);
  const auto made = [&] {
    return number(Sql("SELECT COUNT(*) FROM rowan_tokens")) + number(Sql("SELECT COUNT(*) FROM rowan_totp_setups"));
  };
  const auto before = made();
  std::vector<int> statuses(crowd);
  std::barrier start(static_cast<std::ptrdiff_t>(crowd));
  {
    std::vector<std::jthread> programs;
    for (std::size_t i = 0; i < crowd; ++i)
      programs.emplace_back([&, i] {
        auto program = i % 2 == 0 ? app.browser() : other.browser();
        if (i >= waiting) program.bearer(bearer);
        start.arrive_and_wait();
        if (i < renewing)
          send(program, "verify", right, i < waiting ? pending[i] : "");
        else
          program.json("POST", "/api/auth/user/totp/setup",
                       {{"user", {{"current_password", password}, {"code", right}}}});
        statuses[i] = program.status();
      });
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(made(), before + 1);
}

TEST_P(TotpSignIn, RenewsTheSessionThatIsThere) {
  const auto secret = set_up(owner);
  next_code();
  const auto cookies = owner.cookies();
  EXPECT_EQ(enter(owner, wrong(secret)).status(), 401);
  EXPECT_TRUE(is_signed_in(owner)) << "a wrong code takes nothing away";
  enter(owner, code(secret));
  EXPECT_TRUE(is_signed_in(owner)) << owner.body();
  auto before = app.browser();
  before.cookies() = cookies;
  EXPECT_FALSE(is_signed_in(before)) << "the old session has ended";
  EXPECT_EQ(enter(owner, code(secret)).status(), 401) << "a code is used here as well";
}

TEST_P(TotpSignIn, PageAsksNoCodeOfWhoHasNoApp) {
  EXPECT_THAT(owner.get("/totp-verify").body(), Not(HasSubstr("totp/verify")));
  auto visitor = app.browser();
  EXPECT_THAT(visitor.get("/totp-verify").location(), HasSubstr("/sign-in"));
}

}  // namespace
}  // namespace rowan::flows::totp_room
