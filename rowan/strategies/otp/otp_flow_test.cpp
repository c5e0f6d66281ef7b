// The one-time-code room.
#include <rowan/testing/number_in.hpp>
#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;

class Otp : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{{.database = GetParam(), .strategies = {rowan::otp({.registration = true}), rowan::password()}}};

  std::string mailed_code(std::string_view to = ann) { return app.mailbox(to).at(0).code; }
  Browser& type(Browser& browser, std::string_view code) {
    return browser.form("otp/sign_in").fill("user[otp]", code).submit();
  }
  /// The flow a program got.
  std::string asked(Browser& program, std::string_view email = ann) {
    program.json("POST", "/api/auth/user/otp/request", an_email(email));
    return text_at(program.answer(), {"authentication", "flow"});
  }
  Json answer(std::string_view code, std::string_view flow, std::string_view email = ann) {
    return {{"user", {{"email", email}, {"otp", code}}}, {"flow", flow}};
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, Otp, every_database(), name_of_database);

constexpr const char* sign_in_path = "/api/auth/user/otp/sign_in";

TEST_P(Otp, SignsInByTheCodeOfTheMail) {
  auto browser = app.browser();
  ask_for_code(browser);
  EXPECT_TRUE(browser.says("We've emailed a code to ann@notes.example. It works for 10 minutes."));
  type(browser, mailed_code());
  EXPECT_EQ(browser.location(), "/");
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Otp, IgnoresCaseBlanksAndDashes) {
  auto browser = app.browser();
  ask_for_code(browser);
  auto code = mailed_code();
  std::string typed = " ";
  for (const char c : code) (typed += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c)) += ' ';
  type(browser, typed);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Otp, AcceptsTheRightCodeAfterAWrongOne) {
  auto browser = app.browser();
  ask_for_code(browser);
  const auto code = mailed_code();
  type(browser, "AAAAAA");
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(browser.says("This code is wrong or no longer valid."));
  type(browser, code);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Otp, IsBoundToTheBrowserThatAsked) {  // MFA-06
  auto asking = app.browser(), other = app.browser();
  ask_for_code(asking);
  const auto code = mailed_code();
  ask_for_code(other, "bob@notes.example");
  auto form = other.form("otp/sign_in");
  form.fill("user[email]", ann).fill("user[otp]", code).submit();
  EXPECT_EQ(other.status(), 401);
  EXPECT_FALSE(is_signed_in(other));
}

TEST_P(Otp, GivesProgramsAFlowForEveryAddressAndWantsItBack) {  // CON-01
  auto program = app.browser();
  const auto flow = asked(program);
  EXPECT_EQ(flow.size(), 43u);
  EXPECT_EQ(asked(program, "nobody@notes.example").size(), 43u);
  const auto code = mailed_code();
  EXPECT_EQ(program.json("POST", sign_in_path, {{"user", {{"email", ann}, {"otp", code}}}}).status(), 422);
  EXPECT_EQ(program.json("POST", sign_in_path, answer(code, std::string(43, 'A'))).status(), 401);
  EXPECT_EQ(program.json("POST", sign_in_path, answer(code, flow)).status(), 201);
}

TEST_P(Otp, WorksOnceAndTenMinutesLong) {  // MFA-01, MFA-05
  auto program = app.browser();
  auto flow = asked(program);
  auto code = mailed_code();
  EXPECT_EQ(program.json("POST", sign_in_path, answer(code, flow)).status(), 201);
  EXPECT_EQ(program.json("POST", sign_in_path, answer(code, flow)).status(), 401);
  flow = asked(program);
  code = mailed_code();
  app.clock().advance(10min - 1s);
  EXPECT_EQ(program.json("POST", sign_in_path, answer(code, flow)).status(), 200);
  flow = asked(program);
  code = mailed_code();
  app.clock().advance(10min);
  EXPECT_EQ(program.json("POST", sign_in_path, answer(code, flow)).status(), 401);
}

TEST_P(Otp, TheOlderOfTwoCodesInOneBrowserWorksToo_ThenBothAreUsed) {  // MFA-06
  auto browser = app.browser();
  ask_for_code(browser);
  const auto older = mailed_code();
  app.clock().advance(1min);
  browser.form("otp/request").submit();  // "send a new code"
  const auto newer = mailed_code();
  ASSERT_NE(older, newer);
  auto form = browser.form("otp/sign_in");
  form.fill("user[otp]", older).submit();
  EXPECT_TRUE(is_signed_in(browser));
  sign_out(browser);
  form.fill("user[otp]", newer).submit();
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(Otp, TakesFiveGuessesAndSaysWhenToComeBack) {
  auto program = app.browser();
  const auto flow = asked(program);
  const auto code = mailed_code();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(program.json("POST", sign_in_path, answer("AAAAAA", flow)).status(), 401);
  const auto wrong = program.body();
  EXPECT_FALSE(program.header("Retry-After"));
  program.json("POST", sign_in_path, answer(code, flow));  // the right one comes too late
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(program.body(), wrong);
  EXPECT_TRUE(program.header("Retry-After"));
}

TEST_P(Otp, NewCodesDoNotAllowMoreGuesses) {  // MFA-07
  auto program = app.browser();
  for (int round = 0; round < 3; ++round) {
    const auto flow = asked(program);
    for (int i = 0; i < 5; ++i) program.json("POST", sign_in_path, answer("AAAAAA", flow));
  }
  const auto flow = asked(program);
  program.json("POST", sign_in_path, answer(mailed_code(), flow));
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"authentication_failed"}})");
  EXPECT_TRUE(program.header("Retry-After"));
  app.clock().advance(15min);
  const auto later = asked(program);
  program.json("POST", sign_in_path, answer(mailed_code(), later));
  EXPECT_EQ(program.status(), 201);
}

TEST_P(Otp, ACodeThatWasNotMailedNeverMatches) {  // over the recipient's limit
  auto program = app.browser();
  std::string flow;
  for (int i = 0; i < 7; ++i) {
    program.client("203.0.113." + std::to_string(i + 1)).json("POST", "/api/auth/user/otp/request", an_email(ann));
    flow = text_at(program.answer(), {"authentication", "flow"});
  }
  EXPECT_EQ(app.mailbox(ann).size(), 5u);
  static constexpr Sql live{"SELECT COUNT(*) FROM rowan_codes"};
  EXPECT_EQ(testing::number_in(app.database(), live), 7);
  static constexpr Sql named{"SELECT COUNT(*) FROM rowan_codes WHERE address_key = 'ann@notes.example'"};
  EXPECT_EQ(testing::number_in(app.database(), named), 5) << "code that ends all of an address reads no others";
  program.json("POST", sign_in_path, answer(app.mailbox(ann).at(0).code, flow));
  EXPECT_EQ(program.status(), 401);
}

TEST_P(Otp, RefusedGuessesDoNotCountTowardsALock) {  // THR-04
  auto attacker = app.browser();
  const auto flow = asked(attacker);
  for (int i = 0; i < 130; ++i)
    attacker.client("203.0.113." + std::to_string(i + 1)).json("POST", sign_in_path, answer("AAAAAA", flow));
  app.clock().advance(15min);
  auto owner = app.browser();
  const auto own = asked(owner);
  owner.json("POST", sign_in_path, answer(mailed_code(), own));
  EXPECT_EQ(owner.status(), 201);
}

TEST_P(Otp, EndingEverythingEndsCodes) {
  auto browser = app.browser(), program = app.browser();
  register_in(browser);
  const auto flow = asked(program);
  const auto code = mailed_code();
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id));
  static constexpr Sql live{"SELECT COUNT(*) FROM rowan_codes WHERE consumed_at IS NULL"};
  EXPECT_EQ(testing::number_in(app.database(), live), 0);
  EXPECT_EQ(program.json("POST", sign_in_path, answer(code, flow)).status(), 401);
}

TEST_P(Otp, RequestsThatAreMutedAreCountedToTheClientToo) {
  auto program = app.browser();
  int taken = 0;
  while (program.json("POST", "/api/auth/user/otp/request", an_email(ann)).status() == 200 && taken < 100) ++taken;
  EXPECT_EQ(program.status(), 429) << "although nobody is told that no mail leaves any more";
  EXPECT_LT(app.mailbox(ann).size(), static_cast<std::size_t>(taken)) << "the last ones were muted";
  EXPECT_EQ(program.json("POST", "/api/auth/user/otp/request", an_email("bob@notes.example")).status(), 429);
}

TEST_P(Otp, GuessesWithoutAMailedCodeDoNotCountAgainstTheAccount) {
  auto browser = app.browser(), stranger = app.browser(), program = app.browser();
  register_in(browser);
  const auto first = asked(program);
  const auto code = mailed_code();
  std::vector<std::string> flows;
  for (int i = 0; i < 8; ++i) flows.push_back(asked(stranger));
  const auto mails = app.mailbox(ann).size();
  ASSERT_EQ(mails, 5U);
  for (auto flow = flows.end() - 3; flow != flows.end(); ++flow)
    for (int i = 0; i < 5; ++i) stranger.json("POST", sign_in_path, answer("AAAAAA", *flow));
  EXPECT_EQ(program.json("POST", sign_in_path, answer(code, first)).status(), 200);
  for (int i = 0; i < 15; ++i) stranger.json("POST", sign_in_path, answer("AAAAAA", flows.back()));
  EXPECT_EQ(stranger.json("POST", sign_in_path, answer("AAAAAA", flows.back())).status(), 429)
      << "the client's they are";
}

TEST_P(Otp, AHundredWrongCodesInARowLockForADay) {  // THR-02
  auto browser = app.browser(), stranger = app.browser();
  register_in(browser);
  for (int round = 0; round < 10; ++round) {
    for (int mail = 0; mail < 2; ++mail) {
      const auto flow = asked(stranger);
      for (int i = 0; i < 5; ++i) stranger.json("POST", sign_in_path, answer("AAAAAA", flow));
    }
    app.clock().advance(15min);
  }
  const auto right = [&] {
    const auto flow = asked(stranger);
    return stranger.json("POST", sign_in_path, answer(mailed_code(), flow)).status();
  };
  EXPECT_EQ(right(), 401) << "not even the right one is looked at";
  app.clock().advance(24h);
  EXPECT_EQ(right(), 200);
}

TEST_P(Otp, WantsOneAddress) {
  auto program = app.browser();
  for (const auto* bad :
       {"a@b.example,c@d.example", "a@b.example c@d.example", "Ann <ann@notes.example>",
        "ann@notes.example\r\nBcc: x@y.example", "ann", "@notes.example", "ann@", "ann@notes.example\x01"}) {
    program.json("POST", "/api/auth/user/otp/request", an_email(bad));
    EXPECT_EQ(program.status(), 422) << bad;
  }
  program.json("POST", "/api/auth/user/otp/request",
               an_email(std::string(65, 'a') + "@notes.example"));  // RFC 5321 section 4.5.3.1.1
  EXPECT_EQ(program.status(), 422);
}

TEST(OtpOptions, RefuseShapesWithTooFewCodes) {  // MFA-04
  const auto problems = [](OtpOptions options) {
    try {
      testing::TestApp app({.strategies = {rowan::otp(options)}});
    } catch (const ConfigError& error) {
      return error.problems().size();
    }
    return std::size_t{0};
  };
  EXPECT_EQ(problems({.code = {.length = 6, .alphabet = CodeShape::digits}}), 0u);  // a million
  EXPECT_EQ(problems({.code = {.length = 5, .alphabet = CodeShape::digits}}), 1u);
  EXPECT_EQ(problems({.code = {.length = 4}}), 1u);
  EXPECT_EQ(problems({.code = {.length = 12, .alphabet = "AB"}}), 1u);
  EXPECT_EQ(problems({.code = {.length = 12, .alphabet = "ABCA"}}), 1u);
  EXPECT_EQ(problems({.lifetime = 11min}), 1u);
}

}  // namespace
}  // namespace rowan::flows
