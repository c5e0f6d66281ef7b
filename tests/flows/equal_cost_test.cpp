// What a request costs does not tell whether an address has an account, or in which state that is (THR-06,
// THR-07): the same statements in the same order, as many rows, mails and hashes, for every address. Unlike a rank test
// of times (timing_test.cpp) this fails at the first difference, on any machine.
#include <rowan/testing/counting_database.hpp>

#include "states.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using Statements = std::vector<std::string>;

class CountingHasher final : public PasswordHasher {
 public:
  explicit CountingHasher(PasswordHasher& inner) : inner_(&inner) {}
  Result<std::string> hash(std::string_view password) override {
    ++count;
    return inner_->hash(password);
  }
  Result<Verdict> verify(std::string_view password, std::string_view stored) override {
    ++count;
    return inner_->verify(password, stored);
  }
  Result<Verdict> verify_nobody(std::string_view password) override {
    ++count;
    return inner_->verify_nobody(password);
  }
  std::atomic<int> count = 0;

 private:
  PasswordHasher* inner_;
};

class EqualCost : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<testing::CountingDatabase> database{};
  std::unique_ptr<CountingHasher> hasher{};

  testing::TestAppOptions declared() {
    auto options = with_every_room(GetParam());
    options.adjust = [this](AuthOptions& auth) {
      database = std::make_unique<testing::CountingDatabase>(*auth.database);
      auth.database = *database;
      hasher = std::make_unique<CountingHasher>(*auth.hasher);
      auth.hasher = hasher.get();
    };
    return options;
  }
  testing::TestApp app{declared()};
  States states{app};
  Browser program = app.browser();

  void SetUp() override { database->start(); }
  struct Cost {
    Statements statements{};
    int hashes = 0;
    std::size_t mails = 0;
    int status = 0;
  };
  Cost cost_of(std::string_view path, const Json& body) {
    app.clock().advance(16min);  // no window of a limit holds anything of the turn before
    app.deliver();
    const auto mails = app.mailbox().size();
    database->take();
    hasher->count = 0;
    program.json("POST", path, body);
    Cost cost{.statements = database->take(), .hashes = hasher->count, .status = program.status()};
    cost.mails = app.mailbox().size() - mails;
    return cost;
  }
  // Without `mails`: as many as an unknown address gets.
  void expect_equal(std::string_view path, const std::function<Json(std::string_view email)>& body, int status,
                    std::optional<std::size_t> mails, int hashes) {
    cost_of(path, body(unknown));           // the first one prepares what a process prepares once
    for (int turn = 0; turn < 2; ++turn) {  // with and without rows left by an earlier request
      const auto expected = cost_of(path, body(unknown));
      EXPECT_FALSE(expected.statements.empty());
      for (const auto email : every_state) {
        const auto cost = cost_of(path, body(email));
        EXPECT_EQ(cost.status, status) << email;
        EXPECT_EQ(cost.statements, expected.statements) << email;
        EXPECT_EQ(cost.hashes, hashes) << email;
        EXPECT_EQ(cost.mails, mails.value_or(expected.mails)) << email;
      }
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, EqualCost, every_database(), name_of_database);

// Of whatever rooms there are: a link, a code, a reset, a confirmation, each with its mail; the challenge of a passkey.
TEST_P(EqualCost, OfEveryRequestForAMail) {
  const auto paths = paths_that_want_an_address(app.auth());
  const std::vector<std::string> mailing{"/api/auth/user/magic_link/request", "/api/auth/user/otp/request",
                                         "/api/auth/user/password/reset_request",
                                         "/api/auth/user/confirm_new_user/resend"};
  EXPECT_THAT(paths, ::testing::IsSupersetOf(mailing));
  for (const auto& path : paths) {
    SCOPED_TRACE(path);
    const bool mails = std::ranges::find(mailing, path) != mailing.end();
    expect_equal(path, an_email, 200, mails ? std::optional<std::size_t>(1) : std::nullopt, 0);
  }
}
TEST_P(EqualCost, OfARegistrationThatWaits) {
  expect_equal(
      "/api/auth/user/password/register", [](std::string_view email) { return registration(email, other_password); },
      200, 1, 1);
}
TEST_P(EqualCost, OfAWrongPassword) {
  expect_equal(
      "/api/auth/user/password/sign_in", [](std::string_view email) { return credentials(email, other_password); }, 401,
      0, 1);
}
TEST_P(EqualCost, OfARightPasswordAtALockedAccount) {
  const auto wrong = cost_of("/api/auth/user/password/sign_in", credentials(unknown, other_password));
  const auto right = cost_of("/api/auth/user/password/sign_in", credentials(locked, password));
  EXPECT_EQ(right.status, 401);
  EXPECT_EQ(right.statements, wrong.statements);
  EXPECT_EQ(right.hashes, 1);
}
TEST_P(EqualCost, OfAWrongCodeInOnesOwnFlow) {
  std::vector<Cost> costs;
  for (const auto email : every_state) {
    program.json("POST", "/api/auth/user/otp/request", an_email(email));
    const auto flow = text_at(program.answer(), {"authentication", "flow"});
    database->take();
    program.json("POST", "/api/auth/user/otp/sign_in",
                 {{"user", {{"email", email}, {"otp", "AAAAAA"}}}, {"flow", flow}});
    EXPECT_EQ(program.status(), 401) << email;
    costs.push_back({.statements = database->take()});
    EXPECT_EQ(costs.back().statements, costs.front().statements) << email;
    app.clock().advance(16min);
  }
}
TEST_P(EqualCost, OfARightCodeAtAnAccountWhoseCodesAreLocked) {
  const auto flow = [&] {
    program.json("POST", "/api/auth/user/otp/request", an_email(confirmed));
    return text_at(program.answer(), {"authentication", "flow"});
  };
  const auto guess = [&](std::string_view code, const std::string& of) {
    database->take();
    program.json("POST", "/api/auth/user/otp/sign_in", {{"user", {{"email", confirmed}, {"otp", code}}}, {"flow", of}});
    EXPECT_EQ(program.status(), 401);
    return database->take();
  };
  Statements wrong;
  for (int round = 0; round < 10; ++round) {
    app.clock().advance(16min);
    for (int mail = 0; mail < 2; ++mail) {
      const auto of = flow();
      for (int i = 0; i < 5; ++i) wrong = guess("AAAAAA", of);
    }
  }
  app.clock().advance(16min);
  const auto of = flow();
  EXPECT_EQ(guess(app.mailbox(confirmed).at(0).code, of), wrong);
}
TEST_P(EqualCost, OfAChangeToAnAddressOfEachKind) {
  auto someone = app.browser();
  someone.json("POST", "/api/auth/user/password/sign_in", credentials(confirmed));
  program.bearer(text_at(someone.answer(), {"authentication", "bearer"}));
  const auto body = [](std::string_view email) -> Json {
    return {{"user", {{"email", email}, {"current_password", password}}}};
  };
  cost_of("/api/auth/user/email/change", body("first@notes.example"));
  const auto expected = cost_of("/api/auth/user/email/change", body(unknown));
  for (const auto email : {unconfirmed, disabled, locked, held}) {
    const auto cost = cost_of("/api/auth/user/email/change", body(email));
    EXPECT_EQ(cost.status, 200) << email;
    EXPECT_EQ(cost.statements, expected.statements) << email;
    EXPECT_EQ(cost.mails, expected.mails) << email;
  }
}

}  // namespace
}  // namespace rowan::flows
