// A recovery code in place of the second step: after every first factor, once, in a session that has to show more.
#include <rowan/strategies/recovery_code/recovery_code_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class UsingRecoveryCodes : public RecoveryCodes {};
INSTANTIATE_TEST_SUITE_P(Databases, UsingRecoveryCodes, every_database(), name_of_database);

/// Without limits, so that every request of a burst gets to look.
class RecoveryCodeBurst : public RecoveryCodes {
 protected:
  RecoveryCodeBurst() : RecoveryCodes(false) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, RecoveryCodeBurst, every_database(), name_of_database);

TEST_P(UsingRecoveryCodes, SignsInAfterAPassword) {
  const auto codes = set_up();
  auto browser = app.browser();
  browser.get("/sign-in?return_to=%2Fprivate");
  browser.form("password/sign_in").fill("user[email]", ann).fill("user[password]", password).submit();
  EXPECT_THAT(browser.location(), HasSubstr("/second-factor"));
  EXPECT_TRUE(browser.form("totp/verify").has("user[code]")) << browser.body();
  EXPECT_TRUE(browser.says("Use a recovery code")) << "one click away: " << browser.body();
  enter(browser, wrong_code);
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(browser.says("This recovery code is wrong or was used already.")) << browser.body();
  EXPECT_FALSE(is_signed_in(browser));
  enter(browser, codes.at(3));
  EXPECT_EQ(browser.location(), "/private") << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(left(), 9);
}

TEST_P(UsingRecoveryCodes, SignsInAfterALinkAndAfterACode) {
  const auto codes = set_up();
  auto by_link = app.browser(), by_code = app.browser();
  ask_for_link(by_link);
  open_link(by_link, app.mailed_path(ann));
  EXPECT_FALSE(is_signed_in(by_link));
  enter(by_link, codes.at(0));
  EXPECT_TRUE(is_signed_in(by_link)) << by_link.body();
  ask_for_code(by_code);
  by_code.form("otp/sign_in").fill("user[otp]", app.mailbox(ann).at(0).code).submit();
  EXPECT_FALSE(is_signed_in(by_code));
  enter(by_code, codes.at(1));
  EXPECT_TRUE(is_signed_in(by_code)) << by_code.body();
}

TEST_P(UsingRecoveryCodes, DoesNotGetAroundAReset) {  // REC-01
  const auto codes = set_up();
  auto browser = app.browser();
  ask_for_reset(browser);
  choose(browser.get(app.mailed_path(ann)).form("password/reset"), other_password);
  EXPECT_FALSE(is_signed_in(browser));
  enter(browser, codes.at(0));
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
}

TEST_P(UsingRecoveryCodes, IsOfferedToProgramsBesideAnotherFactor) {
  const auto codes = set_up();
  auto program = app.browser();
  const auto flow = pending_flow(program);
  EXPECT_THAT(program.body(), HasSubstr(R"("factors":["totp","recovery_code"])"));
  EXPECT_EQ(send(program, wrong_code, flow).status(), 401);
  EXPECT_EQ(send(program, codes.at(0), "").status(), 401) << "no sign-in waits for it";
  EXPECT_EQ(send(program, codes.at(0), flow).status(), 200) << program.body();
  const auto verdict = app.auth().decide({.authorization = "Bearer " + bearer_of(program)}, GuardKind::bearer);
  const auto& methods = std::get<GuardAccepted>(*verdict).claims.methods();
  EXPECT_EQ(to_json(methods).text(), R"(["password","recovery_code"])");
  EXPECT_EQ(methods.proves().kinds(), 2);
  EXPECT_EQ(send(program, codes.at(1), flow).status(), 401) << "the flow is used";
}

TEST_P(UsingRecoveryCodes, WorksOnce) {  // MFA-01
  const auto codes = set_up();
  auto program = app.browser();
  EXPECT_EQ(send(program, codes.at(0), pending_flow(program)).status(), 200) << program.body();
  EXPECT_EQ(send(program, codes.at(0), pending_flow(program)).status(), 401);
  auto person = app.browser();
  flows::sign_in(person);
  EXPECT_EQ(enter(person, codes.at(0)).status(), 401);
  enter(owner, codes.at(0));
  EXPECT_EQ(owner.status(), 401) << "nor in a session";
  EXPECT_EQ(left(), 9);
}

TEST_P(UsingRecoveryCodes, ReadsItHoweverItWasWrittenDown) {
  const auto codes = set_up();
  auto program = app.browser();
  std::string lower, pasted = "\u200E";
  for (const char c : codes.at(0)) lower += c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  for (const char c : codes.at(1)) pasted += c == '-' ? "\u2013" : std::string(1, c);
  EXPECT_EQ(send(program, lower, pending_flow(program)).status(), 200) << lower;
  EXPECT_EQ(send(program, pasted + "\r\n", pending_flow(program)).status(), 200) << pasted;
}

TEST_P(UsingRecoveryCodes, RenewsTheSessionThatIsThere) {
  const auto codes = set_up();
  const auto cookies = owner.cookies();
  EXPECT_EQ(enter(owner, wrong_code).status(), 401);
  EXPECT_TRUE(is_signed_in(owner)) << "a wrong code takes nothing away";
  enter(owner, codes.at(0));
  EXPECT_TRUE(is_signed_in(owner)) << owner.body();
  auto before = app.browser();
  before.cookies() = cookies;
  EXPECT_FALSE(is_signed_in(before)) << "the old session has ended";
}

// After losing the app you sign in with a code, and can make new ones at once.
TEST_P(UsingRecoveryCodes, IsEnoughToMakeNewOnes) {
  const auto codes = set_up();
  auto person = app.browser();
  flows::sign_in(person);
  enter(person, codes.at(0));
  ASSERT_TRUE(is_signed_in(person)) << person.body();
  EXPECT_EQ(make_codes(person).size(), 10U);
}

TEST_P(UsingRecoveryCodes, TellsTheOwnerHowManyAreLeft) {  // MFA-15, THR-11
  const auto codes = set_up();
  auto program = app.browser();
  for (std::size_t used = 1; used <= codes.size(); ++used) {
    EXPECT_EQ(send(program, codes.at(used - 1), pending_flow(program)).status(), 200) << program.body();
    const auto mail = app.mailbox(ann).at(0);
    EXPECT_THAT(mail.subject, HasSubstr("A recovery code was used"));
    EXPECT_THAT(mail.text, HasSubstr("Codes left: " + std::to_string(codes.size() - used) + "."));
    EXPECT_THAT(mail.text, HasSubstr("If this wasn't you"));
    const bool reminds = codes.size() - used <= 2;
    EXPECT_EQ(mail.text.contains("You're running out of codes."), reminds) << used;
    EXPECT_EQ(mail.html.contains("running out of codes."), reminds) << used;
    if (used < codes.size()) {
      EXPECT_EQ(owner.get("/account").says("You're running out of codes."), reminds) << used;
    }
  }
  EXPECT_TRUE(owner.get("/account").says("Codes left: 0 of 10.")) << owner.body();
  pending_flow(program);
  EXPECT_THAT(program.body(), HasSubstr(R"("factors":["totp"])")) << "none is left to ask for";
}

TEST_P(UsingRecoveryCodes, PageLeadsToTheOneForEverySecondFactor) {
  set_up();
  auto person = app.browser();
  flows::sign_in(person);
  person.get("/recovery-code-verify");
  EXPECT_EQ(person.location(), "/second-factor?factor=recovery_code");
  EXPECT_TRUE(person.form("recovery_code/verify").has("user[code]")) << person.body();
  auto visitor = app.browser();
  EXPECT_THAT(visitor.get("/recovery-code-verify").location(), HasSubstr("/sign-in"));
}

// Whatever it is sent for: sign-ins that wait, a session that shows more. Half of them ask another process.
TEST_P(RecoveryCodeBurst, OneCodeIsUsedOnceWhenAHundredSendIt) {  // MFA-01, CON-03
  const auto codes = set_up();
  auto signed_in = program_with_app();
  constexpr std::size_t crowd = 100, waiting = 80;
  std::vector<std::string> pending(waiting);
  for (auto& flow : pending) {
    auto program = app.browser();
    flow = pending_flow(program);
  }
  AnotherNode other(app, {.strategies = rooms_with(), .limited = false});
  const Sql tokens("SELECT COUNT(*) FROM rowan_tokens");
  const auto before = number(tokens);
  std::vector<int> statuses(crowd);
  std::barrier start(static_cast<std::ptrdiff_t>(crowd));
  {
    std::vector<std::jthread> programs;
    for (std::size_t i = 0; i < crowd; ++i)
      programs.emplace_back([&, i] {
        auto program = i % 2 == 0 ? app.browser() : other.browser();
        if (i >= waiting) program.bearer(bearer_of(signed_in));
        start.arrive_and_wait();
        statuses[i] = send(program, codes.at(5), i < waiting ? pending[i] : "").status();
      });
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(number(tokens), before + 1);
  EXPECT_EQ(left(), 9);
}

// The last resort outlives the master secrets that the application had when it was written down.
TEST_P(UsingRecoveryCodes, OutlivesARestartAndTheMasterSecret) {
  const auto codes = set_up();
  auto person = app.browser();
  flows::sign_in(person);
  {
    AnotherNode again(app, {.strategies = rooms_with()});
    auto after = again.browser(person);
    enter(after, codes.at(0));
    EXPECT_TRUE(is_signed_in(after)) << after.body();
  }
  AnotherNode with_another_secret(app, {.strategies = rooms_with(), .secrets = {newer_secret}});
  auto program = with_another_secret.browser();
  EXPECT_EQ(send(program, codes.at(1), pending_flow(program)).status(), 200) << program.body();
}

TEST_P(UsingRecoveryCodes, KeepsWorkingWhenTheOptionsChange) {
  const auto codes = set_up();
  AnotherNode digits(app,
                     {.strategies = rooms_with({.codes = 5, .code = {.length = 34, .alphabet = CodeShape::digits}})});
  auto program = digits.browser();
  EXPECT_EQ(send(program, codes.at(0), pending_flow(program)).status(), 200) << program.body();
}

}  // namespace
}  // namespace rowan::flows
