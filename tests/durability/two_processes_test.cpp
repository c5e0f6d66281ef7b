// Two processes of the program over one database: what may be used once is used once, however many send it to both at
// the same moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <rowan/base/clock.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <rowan/testing/totp_code.hpp>
#include <rowan/testing/virtual_authenticator.hpp>
#include <thread>

#include "client.hpp"
#include "serving.hpp"

namespace rowan::durability {
namespace {

using namespace std::chrono_literals;
using testing::totp_code;

constexpr std::size_t crowd = 100;
struct Attempt {
  std::string path{}, credential{};  // "Authorization: …", or empty
  Json body{};
};

// A step of an authenticator app that has just begun: the code of the step before is good for the rest of it.
void wait_for_the_start_of_a_step() {
  while (to_seconds(system_clock().now()) % 30 > 15) std::this_thread::sleep_for(100ms);
}

class TwoProcesses : public ::testing::TestWithParam<std::string> {
 protected:
  TwoProcesses() : database(GetParam()) {
    for (auto* process : {&first, &second}) process->start();
  }
  ~TwoProcesses() override {
    for (auto* process : {&first, &second}) EXPECT_EQ(process->end(SIGTERM), 0) << process->log();
  }

  ServingOptions options() const {
    return {.program = ROWAN_PROGRAM,
            .database = database.url(),
            .limits = false,
            .base_url = "http://localhost",
            .config =
                "secrets = [\"a secret of two processes: 0123456789\"]\n"
                "[password]\n[totp]\n[recovery_code]\n[webauthn]\n"};
  }
  /// Every other one asks the other process.
  Client client(std::size_t i = 0) const { return Client((i % 2 == 0 ? first : second).port()); }

  /// An account with an authenticator app: its bearer, after both.
  std::string set_up_app() {
    EXPECT_EQ(client().register_account(ann).status, 201);
    auto program = client();
    program.with("Authorization: Bearer " + text_at(client().sign_in(ann), {"authentication", "bearer"}));
    wait_for_the_start_of_a_step();
    const auto begun = program.post("/api/auth/user/totp/setup", {{"user", {{"current_password", password}}}});
    EXPECT_EQ(begun.status, 200) << begun.body;
    app_secret = text_at(begun, {"secret"});
    // With the code of the step before, which is good for one step more: so the code of now is left.
    const auto code = totp_code(app_secret, testing::FakeClock(system_clock().now() - 30s));
    const auto done = program.post("/api/auth/user/totp/confirm_setup",
                                   {{"user", {{"code", code}}}, {"flow", text_at(begun, {"flow"})}});
    EXPECT_EQ(done.status, 200) << done.body;
    return text_at(done, {"authentication", "bearer"});
  }
  /// As many sign-ins as there are attempts, each at the process that it will go on with.
  std::vector<std::string> sign_ins_that_wait(std::size_t count) {
    std::vector<std::string> flows;
    for (std::size_t i = 0; i < count; ++i) {
      const auto answer = client(i).sign_in(ann);
      EXPECT_EQ(text_at(answer, {"authentication", "status"}), "pending") << answer.body;
      flows.push_back(text_at(answer, {"authentication", "flow"}));
    }
    return flows;
  }

  /// The status of each, half of them at either process. All but the last byte is there before any last byte goes.
  std::vector<int> all_at_once(const std::vector<Attempt>& attempts) {
    std::vector<int> statuses(attempts.size());
    std::barrier start(static_cast<std::ptrdiff_t>(attempts.size()));
    {
      std::vector<std::jthread> programs;
      for (std::size_t i = 0; i < attempts.size(); ++i)
        programs.emplace_back([&, i] {
          auto program = client(i);
          if (!attempts[i].credential.empty()) program.with(attempts[i].credential);
          const auto bytes = program.bytes_of_post(attempts[i].path, attempts[i].body);
          hosts::testing::RawClient socket((i % 2 == 0 ? first : second).port());
          socket.send(std::string_view(bytes).substr(0, bytes.size() - 1));
          start.arrive_and_wait();
          statuses[i] = socket.ask(std::string_view(bytes).substr(bytes.size() - 1)).status;
        });
    }
    return statuses;
  }
  /// One was let in, and everyone else was refused or, on a slow machine, asked to come back. One more session or
  /// token exists than before.
  void expect_one(const std::vector<int>& statuses, std::int64_t tokens_before) {
    EXPECT_EQ(std::ranges::count(statuses, 200), 1) << ::testing::PrintToString(statuses);
    EXPECT_EQ(std::ranges::count_if(statuses, [](int status) { return status == 401 || status == 503; }),
              static_cast<std::ptrdiff_t>(statuses.size()) - 1)
        << ::testing::PrintToString(statuses);
    EXPECT_EQ(tokens(), tokens_before + 1);
  }
  std::int64_t tokens() { return number(Sql("SELECT COUNT(*) FROM rowan_tokens")); }
  std::int64_t number(const Sql& statement) { return testing::number_in(database.get(), statement); }

  testing::TemporaryDatabase database;
  Serving first{options()}, second{options()};
  std::string app_secret{};
};
INSTANTIATE_TEST_SUITE_P(Databases, TwoProcesses, ::testing::ValuesIn(testing::TemporaryDatabase::kinds()),
                         [](const auto& kind) { return kind.param; });

// Sign-ins that wait, and sessions that have to show more: at both processes, with the same code.
TEST_P(TwoProcesses, TakeOneCodeOfAnAppOnce) {  // MFA-01, CON-03
  const auto bearer = set_up_app();
  const auto flows = sign_ins_that_wait(40);
  const auto code = totp_code(app_secret, system_clock());
  std::vector<Attempt> attempts;
  for (std::size_t i = 0; i < crowd; ++i)
    attempts.push_back(i < flows.size() ? Attempt{.path = "/api/auth/user/totp/verify",
                                                  .body = {{"user", {{"code", code}}}, {"flow", flows[i]}}}
                                        : Attempt{.path = "/api/auth/user/totp/verify",
                                                  .credential = "Authorization: Bearer " + bearer,
                                                  .body = {{"user", {{"code", code}}}}});
  const auto before = tokens();
  expect_one(all_at_once(attempts), before);
}

TEST_P(TwoProcesses, TakeOneRecoveryCodeOnce) {  // MFA-01, CON-03
  const auto bearer = "Authorization: Bearer " + set_up_app();
  const auto made = client().with(bearer).post("/api/auth/user/recovery_code/generate", Json({}));
  ASSERT_EQ(made.status, 200) << made.body;
  const auto code = std::string(Json::parse(made.body)->find("codes")->items().front().as_text().value_or(""));
  const auto flows = sign_ins_that_wait(40);
  std::vector<Attempt> attempts;
  for (std::size_t i = 0; i < crowd; ++i)
    attempts.push_back(i < flows.size() ? Attempt{.path = "/api/auth/user/recovery_code/verify",
                                                  .body = {{"user", {{"code", code}}}, {"flow", flows[i]}}}
                                        : Attempt{.path = "/api/auth/user/recovery_code/verify",
                                                  .credential = bearer,
                                                  .body = {{"user", {{"code", code}}}}});
  const auto before = tokens();
  expect_one(all_at_once(attempts), before);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_recovery_codes WHERE used_at IS NULL")), 9);
}

TEST_P(TwoProcesses, TakeOneAnswerOfAPasskeyOnce) {                                         // WA-01, CON-03
  testing::VirtualAuthenticator device({.origin = "http://localhost", .counter_step = 0});  // only the challenge tells
  const std::string room = "/api/auth/user/webauthn/";
  const auto asked = client().post(room + "registration_challenge", {{"user", {{"email", ann}}}});
  ASSERT_EQ(asked.status, 200) << asked.body;
  const auto made = client().post(
      room + "register",
      {{"user", {{"credential", *Json::parse(device.create(asked.body))}}}, {"flow", text_at(asked, {"flow"})}});
  ASSERT_EQ(made.status, 201) << made.body;
  const auto challenge = client().post(room + "authentication_challenge", Json({}));
  const Attempt attempt{.path = room + "sign_in",
                        .body = {{"user", {{"credential", *Json::parse(device.get(challenge.body))}}},
                                 {"flow", text_at(challenge, {"flow"})}}};
  const auto before = tokens();
  expect_one(all_at_once(std::vector(crowd, attempt)), before);
}

}  // namespace
}  // namespace rowan::durability
