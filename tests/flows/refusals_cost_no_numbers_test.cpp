// A refused registration gives the numbers of its account back: a stranger who repeats it uses none up.
#include <rowan/testing/number_in.hpp>
#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

class NumbersOfRefusals : public ::testing::TestWithParam<std::string> {
 protected:
  static testing::TestAppOptions declared(Strategy with_password) {
    return {.database = GetParam(),
            .strategies = {std::move(with_password), rowan::magic_link({.registration = true}),
                           rowan::otp({.registration = true})},
            .add_ons = {rowan::confirmation()},
            .adjust = [](AuthOptions& options) { options.limits_enabled = false; }};
  }
  static std::int64_t given_out(testing::TestApp& app) {
    static constexpr Sql next{"SELECT next FROM rowan_numbers WHERE name = 'tokens'"};
    return testing::number_in(app.database(), next);
  }
  // More than a block of numbers, if each of them lost two.
  static void expect_free(testing::TestApp& app, std::string_view path, const Json& body, int status) {
    auto program = app.browser();
    program.json("POST", path, body);
    ASSERT_EQ(program.status(), status) << program.body();
    const auto before = given_out(app);
    for (int i = 0; i < 150; ++i) program.json("POST", path, body);
    EXPECT_EQ(program.status(), status);
    EXPECT_EQ(given_out(app), before);
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, NumbersOfRefusals, every_database(), name_of_database);

TEST_P(NumbersOfRefusals, OfARegistrationWhoseAddressIsTaken) {
  testing::TestApp app(declared(rowan::password()));
  auto browser = app.browser();
  register_in(browser);
  expect_free(app, "/api/auth/user/password/register", registration(), 422);
}

TEST_P(NumbersOfRefusals, OfALinkWhoseAddressWasRegisteredMeanwhile) {
  testing::TestApp app(declared(rowan::password()));
  auto browser = app.browser();
  ask_for_link(browser);
  const auto path = app.mailed_path(ann);
  register_in(browser);
  expect_free(app, "/api/auth/user/magic_link", {{"token", path.substr(path.rfind('/') + 1)}}, 401);
}

TEST_P(NumbersOfRefusals, OfAHeldRegistrationWhoseAddressWasRegisteredMeanwhile) {
  testing::TestApp app(declared(rowan::password({.registration = PasswordOptions::Registration::confirm_first})));
  auto program = app.browser(), browser = app.browser();
  program.json("POST", "/api/auth/user/password/register", registration());
  const auto held = app.mailed_path(ann);
  app.clock().advance(std::chrono::minutes(1));
  ask_for_link(browser);
  open_link(browser, app.mailed_path(ann));
  ASSERT_TRUE(is_signed_in(browser));
  expect_free(app, "/api/auth/user/confirm_new_user", {{"user", {{"confirm", held.substr(held.rfind('/') + 1)}}}}, 401);
}

}  // namespace
}  // namespace rowan::flows
