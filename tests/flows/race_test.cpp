// A hundred at once: what only one may have, only one gets.
#include <barrier>
#include <rowan/testing/number_in.hpp>
#include <thread>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

constexpr int crowd = 100;

/// The status each of a hundred programs got for the same request, sent at the same moment.
std::vector<int> all_at_once(const testing::TestApp& app, std::string_view path, const Json& body) {
  std::vector<int> statuses(crowd);
  std::barrier start(crowd);
  {
    std::vector<std::jthread> programs;
    for (int i = 0; i < crowd; ++i)
      programs.emplace_back([&, i] {
        auto program = app.browser();
        start.arrive_and_wait();
        statuses[static_cast<std::size_t>(i)] = program.json("POST", path, body).status();
      });
  }
  return statuses;
}

// By an answer, or told to come back since the database was busy for too long: a slow machine is no fault.
std::ptrdiff_t refused(const std::vector<int>& statuses) {
  return std::ranges::count_if(statuses, [](int status) { return status == 401 || status == 503; });
}

class Race : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{
      {.database = GetParam(), .adjust = [](AuthOptions& options) { options.limits_enabled = false; }}};
};
INSTANTIATE_TEST_SUITE_P(Databases, Race, every_database(), name_of_database);

TEST_P(Race, AHundredRegistrationsOfOneAddressMakeOneAccount) {  // CON-03
  const auto statuses = all_at_once(app, "/api/auth/user/password/register", registration());
  EXPECT_EQ(std::ranges::count(statuses, 201), 1);
  EXPECT_EQ(std::ranges::count(statuses, 422), crowd - 1);
  static constexpr Sql count{"SELECT COUNT(*) FROM rowan_accounts"};
  EXPECT_EQ(testing::number_in(app.database(), count), 1);
}

TEST_P(Race, AHundredUsesOfOneResetTokenSucceedOnce) {  // CON-03
  auto browser = app.browser();
  register_in(browser);
  ask_for_reset(browser);
  const auto path = app.mailed_path(ann);
  const Json body{{"user",
                   {{"reset_token", path.substr(path.rfind('/') + 1)},
                    {"password", other_password},
                    {"password_confirmation", other_password}}}};
  const auto statuses = all_at_once(app, "/api/auth/user/password/reset", body);
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(refused(statuses), crowd - 1);
  EXPECT_FALSE(is_signed_in(browser));
}

class MailRace : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {rowan::magic_link({.registration = true}),
                                       rowan::otp({.registration = true, .attempts_per_code = 10})},
                        .adjust = [](AuthOptions& options) { options.limits_enabled = false; }}};
};
INSTANTIATE_TEST_SUITE_P(Databases, MailRace, every_database(), name_of_database);

TEST_P(MailRace, AHundredUsesOfOneLinkMakeOneSession) {  // CON-03
  auto program = app.browser();
  program.json("POST", "/api/auth/user/magic_link/request", an_email(ann));
  const auto path = app.mailed_path(ann);
  const auto statuses = all_at_once(app, "/api/auth/user/magic_link", {{"token", path.substr(path.rfind('/') + 1)}});
  EXPECT_EQ(std::ranges::count(statuses, 201), 1);
  EXPECT_EQ(refused(statuses), crowd - 1);
}

TEST_P(MailRace, ThirtyLinksOfOneAccountAtOnceMakeOneSessionAndNoDeadlock) {
  auto program = app.browser();
  program.json("POST", "/api/auth/user/magic_link/request", an_email(ann));
  const auto first = app.mailed_path(ann);
  program.json("POST", "/api/auth/user/magic_link", {{"token", first.substr(first.rfind('/') + 1)}});
  ASSERT_EQ(program.status(), 201);
  std::vector<std::string> tokens;
  for (int i = 0; i < 30; ++i) {
    program.json("POST", "/api/auth/user/magic_link/request", an_email(ann));
    const auto path = app.mailed_path(ann);
    tokens.push_back(path.substr(path.rfind('/') + 1));
  }
  std::vector<int> statuses(tokens.size());
  std::barrier start(static_cast<std::ptrdiff_t>(tokens.size()));
  {
    std::vector<std::jthread> visitors;
    for (std::size_t i = 0; i < tokens.size(); ++i)
      visitors.emplace_back([&, i] {
        auto visitor = app.browser();
        start.arrive_and_wait();
        statuses[i] = visitor.json("POST", "/api/auth/user/magic_link", {{"token", tokens[i]}}).status();
      });
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(refused(statuses), 29);
}

TEST_P(MailRace, AHundredUsesOfOneCodeMakeOneSession) {  // MFA-01, CON-03
  auto program = app.browser();
  program.json("POST", "/api/auth/user/otp/request", an_email(ann));
  const auto flow = text_at(program.answer(), {"authentication", "flow"});
  const Json body{{"user", {{"email", ann}, {"otp", app.mailbox(ann).at(0).code}}}, {"flow", flow}};
  const auto statuses = all_at_once(app, "/api/auth/user/otp/sign_in", body);
  EXPECT_EQ(std::ranges::count(statuses, 201), 1);
  EXPECT_EQ(refused(statuses), crowd - 1);
}

TEST_P(MailRace, AHundredParallelGuessesGetOnlyTheAllowedComparisons) {  // THR-12
  auto program = app.browser();
  program.json("POST", "/api/auth/user/otp/request", an_email(ann));
  const auto flow = text_at(program.answer(), {"authentication", "flow"});
  all_at_once(app, "/api/auth/user/otp/sign_in", {{"user", {{"email", ann}, {"otp", "AAAAAA"}}}, {"flow", flow}});
  const auto code = app.mailbox(ann).at(0).code;
  program.json("POST", "/api/auth/user/otp/sign_in", {{"user", {{"email", ann}, {"otp", code}}}, {"flow", flow}});
  EXPECT_EQ(program.status(), 401);  // all ten were spent
}

class LimitedRace : public OnEveryDatabase {};
INSTANTIATE_TEST_SUITE_P(Databases, LimitedRace, every_database(), name_of_database);

TEST_P(LimitedRace, AHundredParallelGuessesGetTenComparisons) {  // THR-12
  auto browser = app.browser();
  register_in(browser);
  const auto statuses = all_at_once(app, "/api/auth/user/password/sign_in", credentials(ann, other_password));
  EXPECT_EQ(std::ranges::count(statuses, 401), 10);
  EXPECT_EQ(std::ranges::count(statuses, 429), crowd - 10);
}

}  // namespace
}  // namespace rowan::flows
