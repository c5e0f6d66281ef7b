// Guesses at recovery codes are limited, and strangers' guesses do not lock out the owner.
#include <rowan/strategies/recovery_code/recovery_code_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

class GuessingRecoveryCodes : public RecoveryCodes {};
INSTANTIATE_TEST_SUITE_P(Databases, GuessingRecoveryCodes, every_database(), name_of_database);

TEST_P(GuessingRecoveryCodes, EndsTheFlowAndAddsUpOverAllFlows) {  // MFA-07, THR-02
  const auto codes = set_up();
  auto program = app.browser();
  auto flow = pending_flow(program);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(program, wrong_code, flow).status(), 401) << i;
  EXPECT_EQ(send(program, codes.at(0), flow).status(), 401) << "five wrong ones: it begins again";
  flow = pending_flow(program);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(program, wrong_code, flow).status(), 401) << i;
  EXPECT_EQ(send(program, codes.at(0), pending_flow(program)).status(), 429) << "ten of the account";
  app.clock().advance(15min);
  EXPECT_EQ(send(program, codes.at(0), pending_flow(program)).status(), 200) << program.body();
}

TEST_P(GuessingRecoveryCodes, InParallelGetsNoMoreThanAllowed) {  // THR-12
  set_up();
  constexpr int crowd = 40;
  auto asking = app.browser();
  std::vector<std::string> pending;
  for (int i = 0; i < crowd; ++i) {
    asking.client("203.0." + std::to_string(i) + ".1");
    pending.push_back(pending_flow(asking));
  }
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
            send(program, wrong_code, pending[static_cast<std::size_t>(i)]).status();
      });
  }
  EXPECT_LE(std::ranges::count(statuses, 401), 10);
  EXPECT_EQ(std::ranges::count(statuses, 200), 0);
}

TEST_P(GuessingRecoveryCodes, OfOneClientIsLimited) {  // THR-01
  set_up();
  auto program = app.browser();
  const auto flow = pending_flow(program);
  int looked_at = 0;
  for (int i = 0; i < 40; ++i) looked_at += send(program, "not a code", flow).status() == 401 ? 1 : 0;
  EXPECT_EQ(looked_at, 30);
}

TEST_P(GuessingRecoveryCodes, ByAStrangerDoesNotLockOutAKnownBrowser) {  // THR-04
  const auto codes = set_up();
  sign_out(owner);
  auto stranger = app.browser();
  int looked_at = 0;
  for (int i = 0; i < 12; ++i) {  // with the password: a hundred wrong codes in a row and more
    for (int j = 0; j < 12; ++j) {
      stranger.client("203.0." + std::to_string(i) + "." + std::to_string(j));
      looked_at += send(stranger, wrong_code, pending_flow(stranger)).status() == 401 ? 1 : 0;
    }
    app.clock().advance(15min);
  }
  EXPECT_GE(looked_at, 100);
  EXPECT_EQ(send(stranger, codes.at(0), pending_flow(stranger)).status(), 401) << "strangers are locked out";
  flows::sign_in(owner);
  enter(owner, codes.at(0));
  EXPECT_TRUE(is_signed_in(owner)) << owner.body();
  EXPECT_EQ(send(stranger, codes.at(1), pending_flow(stranger)).status(), 401) << "and stay so";
}

TEST_P(GuessingRecoveryCodes, ByAStrangerDoesNotLockOutAProgramWithASession) {  // THR-04
  const auto codes = set_up();
  auto program = program_with_app(), stranger = app.browser();
  for (int i = 0; i < 12; ++i) {
    stranger.client("203.0.113." + std::to_string(i));
    send(stranger, wrong_code, pending_flow(stranger));
  }
  EXPECT_EQ(send(program, codes.at(0), "").status(), 200) << program.body();
  // It guesses no more than others, whatever cookie it sends.
  program.bearer(bearer_of(program));
  int looked_at = 0;
  for (int i = 0; i < 15; ++i) looked_at += send(program, wrong_code, "").status() == 401 ? 1 : 0;
  EXPECT_EQ(looked_at, 10);
}

TEST_P(GuessingRecoveryCodes, ByWhatCannotBeACodeCostsTheAccountNothing) {
  const auto codes = set_up();
  auto program = app.browser();
  const auto flow = pending_flow(program);
  for (const auto* bad : {"123456", "ABCD-EFGH", "AAAA-BBBB-CCCC-DDDD-EEEE-FFF!", "-----", "\u00E9"})
    for (int i = 0; i < 3; ++i) EXPECT_EQ(send(program, bad, flow).status(), 401) << bad;
  EXPECT_EQ(send(program, codes.at(0), flow).status(), 200) << program.body();
}

TEST_P(GuessingRecoveryCodes, DoesNotLockTheOtherFactor) {
  set_up();
  auto program = app.browser();
  for (int flow = 0; flow < 2; ++flow) {
    const auto waits = pending_flow(program);
    for (int i = 0; i < 5; ++i) send(program, wrong_code, waits);
  }
  EXPECT_EQ(send(program, wrong_code, pending_flow(program)).status(), 429);
  auto by_app = program_with_app();
  EXPECT_NE(bearer_of(by_app), "");
}

}  // namespace
}  // namespace rowan::flows
