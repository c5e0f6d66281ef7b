// What a page says after a form that mails something: where to look and for how long, and the same for every address.
#include "mail_flow.hpp"
#include "masked.hpp"

namespace rowan::flows {
namespace {

struct AskedBy {
  std::string name{}, page{}, action{}, says{};  // {} in `says` is the address
};

testing::TestAppOptions with_every_form(const std::string& database) {
  return {.database = database,
          .strategies = {rowan::password({.registration = PasswordOptions::Registration::confirm_first}),
                         rowan::magic_link(), rowan::otp()},
          .add_ons = {rowan::confirmation()}};
}

std::string with_address(std::string says, std::string_view email) { return says.replace(says.find("{}"), 2, email); }

class AfterAsking : public ::testing::TestWithParam<std::tuple<std::string, AskedBy>> {
 protected:
  AfterAsking() {
    auto owner = app.browser();
    register_in(owner);
    confirm(app, owner);
  }
  Browser asked_for(std::string_view email) {
    const auto& by = std::get<AskedBy>(GetParam());
    auto browser = app.browser();
    auto form = browser.get(by.page).form(by.action).fill("user[email]", email);
    if (by.action == "password/register")
      choose(form, password);
    else
      form.submit();
    return browser;
  }
  testing::TestApp app{with_every_form(std::get<std::string>(GetParam()))};
};

TEST_P(AfterAsking, ThePageNamesTheAddressAndIsTheSameForEveryAddress) {  // THR-06
  const auto& says = std::get<AskedBy>(GetParam()).says;
  const auto known = asked_for(ann), unknown = asked_for("bob@notes.example");
  EXPECT_EQ(known.status(), 200);
  EXPECT_TRUE(known.says(with_address(says, ann))) << known.body();
  EXPECT_TRUE(unknown.says(with_address(says, "bob@notes.example"))) << unknown.body();
  EXPECT_EQ(masked(known, ann), masked(unknown, "bob@notes.example"));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, AfterAsking,
    ::testing::Combine(
        every_database(),
        ::testing::Values(
            AskedBy{"Register", "/register", "password/register",
                    "We've sent an email to {}. Open the link in it to finish signing up."},
            AskedBy{"Reset", "/reset", "password/reset_request",
                    "If {} has an account, a link to reset its password is on its way. It works for one hour."},
            AskedBy{"Link", "/sign-in", "magic_link/request",
                    "If {} has an account, a sign-in link is on its way. It works for 10 minutes."},
            AskedBy{"Code", "/sign-in", "otp/request",
                    "If {} has an account, a code is on its way. It works for 10 minutes."},
            AskedBy{"Resend", "/reset", "confirm_new_user/resend",
                    "If there is anything to confirm for {}, a new link is on its way. It works for 3 days."})),
    [](const auto& test) { return std::get<AskedBy>(test.param).name + "_" + std::get<std::string>(test.param); });

// With registration every address gets something, so nothing is said about accounts.
TEST(AfterAskingWithRegistration, ThePageSaysThatTheMailIsSent) {
  testing::TestApp app({.strategies = {rowan::magic_link({.registration = true}), rowan::otp({.registration = true})},
                        .add_ons = {rowan::confirmation()}});
  auto link = app.browser(), code = app.browser();
  EXPECT_TRUE(ask_for_link(link).says("We've emailed a sign-in link to ann@notes.example. It works for 10 minutes."));
  EXPECT_TRUE(ask_for_code(code).says("We've emailed a code to ann@notes.example. It works for 10 minutes."));
}

// The form that is shown again still says which code it wants.
TEST(AfterAskingForACode, AWrongCodeShowsTheFormAgain) {
  testing::TestApp app({.strategies = {rowan::otp({.registration = true})}, .add_ons = {rowan::confirmation()}});
  auto browser = app.browser();
  ask_for_code(browser);
  browser.form("otp/sign_in").fill("user[otp]", "AAAAAA").submit();
  EXPECT_TRUE(browser.says("Enter the newest code you received at ann@notes.example.")) << browser.body();
  EXPECT_FALSE(browser.says("It works for"));
}

}  // namespace
}  // namespace rowan::flows
