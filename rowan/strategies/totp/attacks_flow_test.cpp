// Guesses at codes, and what is stored.
#include <rowan/strategies/totp/totp_flow_for_tests.hpp>

namespace rowan::flows::totp_room {
namespace {

using TotpGuesses = Totp;
INSTANTIATE_TEST_SUITE_P(Databases, TotpGuesses, every_database(), name_of_database);

TEST_P(TotpGuesses, WrongCodesEndTheFlowAndAddUpOverAllFlows) {  // MFA-07, THR-02
  const auto secret = set_up(owner);
  next_code();
  auto program = app.browser();
  auto flow = pending_flow(program);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(program, "verify", wrong(secret), flow).status(), 401) << i;
  EXPECT_EQ(send(program, "verify", code(secret), flow).status(), 401) << "five wrong ones: it begins again";
  flow = pending_flow(program);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(program, "verify", wrong(secret), flow).status(), 401) << i;
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 429) << "ten of the account";
  app.clock().advance(15min);
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200) << program.body();
}

TEST_P(TotpGuesses, ParallelGuessesGetNoMoreThanAllowed) {  // THR-12
  const auto secret = set_up(owner);
  next_code();
  constexpr int crowd = 40;
  auto asking = app.browser();
  std::vector<std::string> pending;
  for (int i = 0; i < crowd; ++i) {
    asking.client("203.0." + std::to_string(i) + ".1");
    pending.push_back(pending_flow(asking));
  }
  const auto bad = wrong(secret);
  std::vector<int> statuses(crowd);
  std::barrier start(crowd);
  {
    std::vector<std::jthread> programs;
    for (int i = 0; i < crowd; ++i)
      programs.emplace_back([&, i] {
        auto program = app.browser();
        program.client("198.51." + std::to_string(i) + ".1");
        start.arrive_and_wait();
        statuses[static_cast<std::size_t>(i)] =
            send(program, "verify", bad, pending[static_cast<std::size_t>(i)]).status();
      });
  }
  EXPECT_LE(std::ranges::count(statuses, 401), 10);
  EXPECT_EQ(std::ranges::count(statuses, 200), 0);
}

TEST_P(TotpGuesses, AStrangersFloodDoesNotLockOutAKnownBrowser) {  // THR-04
  const auto secret = set_up(owner);
  sign_out(owner);
  next_code();
  auto stranger = app.browser();
  int looked_at = 0;
  for (int i = 0; i < 12; ++i) {  // with the password: a hundred wrong codes in a row and more
    for (int j = 0; j < 12; ++j) {
      stranger.client("203.0." + std::to_string(i) + "." + std::to_string(j));
      looked_at += send(stranger, "verify", wrong(secret), pending_flow(stranger)).status() == 401 ? 1 : 0;
    }
    app.clock().advance(15min);
  }
  EXPECT_GE(looked_at, 100);
  EXPECT_EQ(send(stranger, "verify", code(secret), pending_flow(stranger)).status(), 401) << "strangers are locked out";
  flows::sign_in(owner);
  enter(owner, code(secret));
  EXPECT_TRUE(is_signed_in(owner)) << owner.body();
  next_code();
  EXPECT_EQ(send(stranger, "verify", code(secret), pending_flow(stranger)).status(), 401) << "and stay so";
}

TEST_P(TotpGuesses, AStrangersFloodDoesNotLockOutAProgramWithASession) {  // THR-04
  const auto secret = set_up(owner);
  next_code();
  auto program = app.browser(), stranger = app.browser();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200);
  program.bearer(bearer_of(program));
  for (int i = 0; i < 12; ++i) {
    stranger.client("203.0.113." + std::to_string(i));
    send(stranger, "verify", wrong(secret), pending_flow(stranger));
  }
  next_code();
  EXPECT_EQ(send(program, "verify", code(secret), "").status(), 200) << program.body();
  // It guesses no more than others, whatever cookie it sends.
  program.bearer(bearer_of(program));
  int looked_at = 0;
  for (int i = 0; i < 15; ++i) looked_at += send(program, "verify", wrong(secret), "").status() == 401 ? 1 : 0;
  EXPECT_EQ(looked_at, 10);
}

TEST_P(TotpGuesses, WhatCannotBeACodeCostsTheAccountNothing) {
  const auto secret = set_up(owner);
  next_code();
  auto program = app.browser();
  const auto flow = pending_flow(program);
  for (const auto* bad : {"12345", "abcdef", "123456789", "     -", "一二三四五六"})
    for (int i = 0; i < 3; ++i) EXPECT_EQ(send(program, "verify", bad, flow).status(), 401) << bad;
  EXPECT_EQ(send(program, "verify", "\u200E" + code(secret).insert(3, "\u00A0"), flow).status(), 200) << program.body();
}

TEST_P(TotpGuesses, SeedsAreSealedForTheirRow) {  // MFA-12
  const auto secret = set_up(owner);
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  const auto bobs = set_up(bob);
  std::string key;
  for (const char c : secret)
    if (c != ' ') key += c;
  for (const auto& sealed : texts(Sql("SELECT secret AS value FROM rowan_totp"))) {
    EXPECT_THAT(sealed, Not(HasSubstr(key)));
    EXPECT_GT(sealed.size(), 60U);
  }
  // Bob's, put into Ann's row, opens nothing there: his codes are wrong, and so are hers.
  run(Sql("UPDATE rowan_totp SET secret = (SELECT t.secret FROM rowan_totp t JOIN rowan_identifiers i ON i.account_id "
          "= "
          "t.account_id WHERE i.key = 'bob@notes.example') WHERE account_id = :id"),
      {{"id", id}});
  next_code();
  auto program = app.browser();
  EXPECT_EQ(send(program, "verify", code(bobs), pending_flow(program)).status(), 401);
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 401);
}

TEST_P(TotpGuesses, AreSealedAgainUnderANewSecret) {  // CRY-03
  const auto secret = set_up(owner);
  const auto before = texts(Sql("SELECT secret AS value FROM rowan_totp"));
  next_code();
  {
    AnotherNode both(app, {.strategies = rooms_with({}), .secrets = {newer_secret, tests_secret}});
    auto program = both.browser();
    EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200) << program.body();
  }
  EXPECT_NE(texts(Sql("SELECT secret AS value FROM rowan_totp")), before);
  next_code();
  AnotherNode without_the_old(app, {.strategies = rooms_with({}), .secrets = {newer_secret}});
  auto program = without_the_old.browser();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200) << program.body();
}

TEST_P(TotpGuesses, SetUpsAndWaitingSignInsOutliveARestart) {
  begin_setup(owner);
  const auto secret = key_on(owner);
  AnotherNode again(app, {.strategies = rooms_with({})});
  auto browser = again.browser(owner);
  browser.get("/totp-setup");
  EXPECT_EQ(key_on(browser), secret);
  confirm_setup(browser, code(secret));
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  next_code();
  auto person = app.browser();
  flows::sign_in(person);
  EXPECT_FALSE(is_signed_in(person));
  AnotherNode and_again(app, {.strategies = rooms_with({})});
  auto after = and_again.browser(person);
  enter(after, code(secret));
  EXPECT_TRUE(is_signed_in(after)) << after.body();
}

TEST_P(TotpGuesses, KeepsWhatItWasSetUpWithWhenTheOptionsChange) {
  testing::TestApp other({.database = GetParam(), .strategies = {rowan::password(), rowan::totp({.digits = 8})}});
  auto browser = other.browser();
  register_in(browser);
  browser.get("/account").form("totp/setup").fill("user[current_password]", password).submit();
  const auto secret = key_on(browser);
  browser.form("totp/confirm_setup").fill("user[code]", totp_code(secret, other.clock(), {.digits = 8})).submit();
  ASSERT_EQ(browser.status(), 200) << browser.body();
  other.clock().advance(30s);
  AnotherNode six(other, {.strategies = rooms_with({})});
  auto program = six.browser();
  const auto eight = totp_code(secret, other.clock(), {.digits = 8});
  EXPECT_EQ(send(program, "verify", eight.substr(2), pending_flow(program)).status(), 401);
  EXPECT_EQ(send(program, "verify", eight, pending_flow(program)).status(), 200) << program.body();
}

TEST_P(TotpGuesses, SetUpsThatExpiredAreSweptAway) {  // DAT-01
  begin_setup(owner);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_totp_setups")), 1);
  app.clock().advance(3h);
  app.deliver();
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_totp_setups")), 0);
}

TEST(TotpOptionsAtStart, RefuseSevenDigitsAndAStepOfAnHour) {
  const auto problems = [](TotpOptions options) {
    try {
      testing::TestApp app({.strategies = {rowan::password(), rowan::totp(options)}});
    } catch (const ConfigError& error) {
      return error.problems().size();
    }
    return std::size_t{0};
  };
  EXPECT_EQ(problems({}), 0U);
  EXPECT_EQ(problems({.digits = 8, .period = 60s}), 0U);
  EXPECT_EQ(problems({.digits = 7}), 1U);
  EXPECT_EQ(problems({.digits = 5}), 1U);
  EXPECT_EQ(problems({.period = 1h}), 1U);
}

}  // namespace
}  // namespace rowan::flows::totp_room
