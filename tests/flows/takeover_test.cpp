// Accounts that someone else registered with an address: the person who proves the address gets the account, and
// nothing that the other person knows works any more.
#include <rowan/accounts/accounts.hpp>
#include <rowan/engine/core.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

constexpr const char* created_before = "was created on Nov";

std::string token_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// With and without the add-on that confirms addresses.
struct Declared {
  std::string database;
  bool confirmation;
};

class Takeover : public ::testing::TestWithParam<std::tuple<std::string, bool>> {
 protected:
  static testing::TestAppOptions declared() {
    auto options = with_mail_rooms(std::get<0>(GetParam()));
    if (!std::get<1>(GetParam())) options.add_ons.clear();
    return options;
  }
  /// The stranger registers the address, in a browser and as a program.
  void register_stranger() {
    register_in(stranger);
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
    ASSERT_TRUE(is_signed_in(stranger));
    ASSERT_EQ(program.json("GET", "/me").status(), 200);
    app.clock().advance(1min);
  }
  void expect_stranger_is_out() {
    app.deliver();
    EXPECT_FALSE(is_signed_in(stranger));
    EXPECT_EQ(program.json("GET", "/me").status(), 401);
    EXPECT_EQ(sign_in(stranger).status(), 401);
    stranger.cookies().erase("__Host-rowan_device");
    EXPECT_EQ(sign_in(stranger).status(), 401);
    EXPECT_TRUE((*app.find_user(ann))->confirmed_at);
  }
  testing::TestApp app{declared()};
  Browser stranger = app.browser(), program = app.browser(), owner = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, Takeover, ::testing::Combine(every_database(), ::testing::Bool()),
                         [](const auto& made) {
                           return std::get<0>(made.param) + (std::get<1>(made.param) ? "_confirming" : "");
                         });

TEST_P(Takeover, ByALinkDropsWhatTheStrangerKnows_AndSaysSoBeforeAndAfter) {
  register_stranger();
  ask_for_link(owner);
  const auto path = app.mailed_path(ann);
  owner.get(path);
  EXPECT_TRUE(owner.says(created_before));
  EXPECT_TRUE(owner.says("any password set before is removed"));
  EXPECT_TRUE(is_signed_in(stranger)) << "looking changes nothing";
  open_link(owner, path);
  EXPECT_TRUE(owner.says("any earlier password of this account was removed"));
  EXPECT_TRUE(is_signed_in(owner));
  expect_stranger_is_out();
}

TEST_P(Takeover, ByACodeDropsWhatTheStrangerKnows_AndTheMailSaysSo) {
  register_stranger();
  ask_for_code(owner);
  const auto mail = app.mailbox(ann).at(0);
  EXPECT_THAT(mail.text, HasSubstr("any password set before is removed"));
  EXPECT_THAT(mail.text, HasSubstr(created_before));
  owner.form("otp/sign_in").fill("user[otp]", mail.code).submit();
  EXPECT_TRUE(owner.says("any earlier password of this account was removed"));
  EXPECT_TRUE(is_signed_in(owner));
  expect_stranger_is_out();
}

TEST_P(Takeover, ByAResetKeepsTheNewPasswordOnly) {
  register_stranger();
  ask_for_reset(owner);
  owner.get(app.mailed_path(ann));
  EXPECT_TRUE(owner.says(created_before));
  choose(owner.form("password/reset"), other_password);
  EXPECT_TRUE(is_signed_in(owner));
  expect_stranger_is_out();
  sign_out(owner);
  sign_in(owner, ann, other_password);
  EXPECT_TRUE(is_signed_in(owner));
}

TEST_P(Takeover, DoesNotHappenToTheRegistrantInTheirSession) {
  auto browser = app.browser();
  register_in(browser);
  ask_for_link(browser);
  browser.get(app.mailed_path(ann));
  EXPECT_FALSE(browser.says("any password set before is removed"));
  open_link(browser, app.mailed_path(ann));
  EXPECT_FALSE(browser.says("any earlier password"));
  auto other = app.browser();
  sign_in(other);
  EXPECT_TRUE(is_signed_in(other)) << "the password goes on";
}

TEST_P(Takeover, HappensInABrowserThatTheStrangerRegisteredIn) {
  register_stranger();
  sign_out(stranger);  // of a computer that both use
  ask_for_link(stranger);
  stranger.get(app.mailed_path(ann));
  EXPECT_TRUE(stranger.says("any password set before is removed"));
  open_link(stranger, app.mailed_path(ann));
  EXPECT_TRUE(is_signed_in(stranger)) << "the owner, now";
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  EXPECT_EQ(sign_in(owner).status(), 401) << "the stranger's password";
}

// What a stranger wrote about themselves is not the owner's.
TEST_P(Takeover, DropsTheStrangersAttributes) {
  register_stranger();
  const auto id = (*app.find_user(ann))->id;
  ASSERT_TRUE(app.auth().update_extra(id, {{"name", "Mallory"}}));
  ask_for_link(owner);
  open_link(owner, app.mailed_path(ann));
  EXPECT_EQ((*app.auth().find_user(id))->extra.text(), "{}");
}

TEST_P(Takeover, IsNotPreventedByAskingForTheMailInTheStrangersBrowser) {
  register_stranger();
  ask_for_link(stranger);  // and hopes that the owner opens it
  open_link(owner, app.mailed_path(ann));
  EXPECT_TRUE(is_signed_in(owner));
  expect_stranger_is_out();
}

TEST_P(Takeover, HappensOnce_AProvenAccountKeepsItsPassword) {
  register_stranger();
  ask_for_link(owner);
  open_link(owner, app.mailed_path(ann));
  ask_for_reset(owner);
  choose(owner.get(app.mailed_path(ann)).form("password/reset"), other_password);
  auto phone = app.browser();
  ask_for_link(phone);
  phone.get(app.mailed_path(ann));
  EXPECT_FALSE(phone.says("any password set before is removed"));
  open_link(phone, app.mailed_path(ann));
  EXPECT_TRUE(is_signed_in(owner)) << "other sessions go on";
  auto other = app.browser();
  sign_in(other, ann, other_password);
  EXPECT_TRUE(is_signed_in(other));
}

class ConfirmElsewhere : public MailRooms {
 protected:
  Browser stranger = app.browser(), owner = app.browser();
  Browser& press(Browser& browser, const std::string& path) {
    return browser.get(path).form("confirm_new_user").submit();
  }
  void expect_stranger_is_out() {
    app.deliver();
    EXPECT_FALSE(is_signed_in(stranger));
    EXPECT_EQ(sign_in(stranger).status(), 401);
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, ConfirmElsewhere, every_database(), name_of_database);

TEST_P(ConfirmElsewhere, OfTheMailOfTheRegistrationTakesTheAccountOver) {
  register_in(stranger);
  const auto path = app.mailed_path(ann);
  owner.get(path);
  EXPECT_TRUE(owner.says(created_before));
  press(owner, path);
  EXPECT_TRUE(owner.says("any earlier password of this account was removed"));
  EXPECT_TRUE(is_signed_in(owner));
  expect_stranger_is_out();
}

TEST_P(ConfirmElsewhere, OfAResentMailTakesTheAccountOver) {
  register_in(stranger);
  owner.get("/reset").form("confirm_new_user/resend").fill("user[email]", ann).submit();
  press(owner, app.mailed_path(ann));
  expect_stranger_is_out();
}

TEST_P(ConfirmElsewhere, AsAProgramTakesTheAccountOver) {
  register_in(stranger);
  auto program = app.browser();
  program.json("POST", "/api/auth/user/confirm_new_user", {{"user", {{"confirm", token_in(app.mailed_path(ann))}}}});
  EXPECT_EQ(program.status(), 200);
  expect_stranger_is_out();
}

TEST_P(ConfirmElsewhere, WithTheAccountsPasswordKeepsIt) {
  register_in(stranger);
  const auto path = app.mailed_path(ann);
  auto phone = app.browser();
  phone.get(path).form("confirm_new_user").fill("user[current_password]", other_password).submit();
  EXPECT_EQ(phone.status(), 422);
  EXPECT_TRUE(phone.says("This isn't your current password."));
  EXPECT_TRUE(is_signed_in(stranger)) << "a wrong one changes nothing, and the link still works";
  phone.form("confirm_new_user").fill("user[current_password]", password).submit();
  EXPECT_TRUE(is_signed_in(phone));
  EXPECT_TRUE(is_signed_in(stranger));
  auto other = app.browser();
  sign_in(other);
  EXPECT_TRUE(is_signed_in(other));
}

TEST_P(ConfirmElsewhere, AGuessAtThePasswordThereIsCountedLikeAnyOther) {
  register_in(stranger);
  const auto path = app.mailed_path(ann);
  auto phone = app.browser();
  for (int i = 0; i < 10; ++i)
    phone.get(path).form("confirm_new_user").fill("user[current_password]", other_password).submit();
  EXPECT_EQ(phone.status(), 422);
  phone.get(path).form("confirm_new_user").fill("user[current_password]", password).submit();
  EXPECT_EQ(phone.status(), 429);
  EXPECT_EQ(sign_in(phone).status(), 429) << "one count for all the places";
}

TEST_P(ConfirmElsewhere, InTheRegistrantsSessionOrBearerTakesNothing) {
  register_in(stranger);
  press(stranger, app.mailed_path(ann));
  EXPECT_TRUE(is_signed_in(stranger));
  EXPECT_TRUE(stranger.says("Signed in") || is_signed_in(stranger));
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/register", registration("bob@notes.example"));
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  program.json("POST", "/api/auth/user/confirm_new_user",
               {{"user", {{"confirm", token_in(app.mailed_path("bob@notes.example"))}}}});
  ASSERT_EQ(program.status(), 200);
  auto other = app.browser();
  sign_in(other, "bob@notes.example");
  EXPECT_TRUE(is_signed_in(other));
}

TEST_P(ConfirmElsewhere, EndsAChangeOfAddressThatTheStrangerAskedFor) {
  register_in(stranger);
  const auto sign_up = app.mailed_path(ann);
  stranger.get("/account")
      .form("email/change")
      .fill("user[email]", "eve@notes.example")
      .fill("user[current_password]", password)
      .submit();
  const auto moves_away = app.mailed_path("eve@notes.example");
  press(owner, sign_up);
  ASSERT_TRUE(is_signed_in(owner));
  EXPECT_EQ(owner.get(moves_away).status(), 401);
  auto program = app.browser();
  program.json("POST", "/api/auth/user/confirm_new_user", {{"user", {{"confirm", token_in(moves_away)}}}});
  EXPECT_EQ(program.status(), 401);
  EXPECT_TRUE(app.find_user(ann)->has_value());
}

TEST_P(ConfirmElsewhere, SignsInForTenMinutesAndOnlyConfirmsLater) {  // MFA-05
  register_in(stranger);
  const auto path = app.mailed_path(ann);
  app.clock().advance(10min);
  owner.get(path);
  EXPECT_TRUE(owner.says("After that, sign in to continue."));
  owner.form("confirm_new_user").submit();
  EXPECT_EQ(owner.location(), "/sign-in");
  EXPECT_TRUE(owner.says("This account is yours now."));
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_TRUE((*app.find_user(ann))->confirmed_at);
  expect_stranger_is_out();
}

TEST_P(ConfirmElsewhere, LaterAnswersProgramsWithoutABearer) {
  register_in(stranger);
  const auto path = app.mailed_path(ann);
  app.clock().advance(10min);
  auto program = app.browser();
  program.json("POST", "/api/auth/user/confirm_new_user", {{"user", {{"confirm", token_in(path)}}}});
  EXPECT_EQ(program.status(), 200);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"success"}})");
  EXPECT_TRUE((*app.find_user(ann))->confirmed_at);
}

TEST_P(ConfirmElsewhere, LeavesAnotherUsersSessionAlone) {
  register_in(stranger);
  const auto path = app.mailed_path(ann);
  app.clock().advance(10min);
  register_in(owner, "bob@notes.example");
  press(owner, path);
  EXPECT_TRUE((*app.find_user(ann))->confirmed_at);
  owner.get("/me");
  EXPECT_THAT(owner.body(), HasSubstr("bob@notes.example"));
}

// A registration that waits belongs to the browser that made it.

class HeldElsewhere : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {rowan::password({.registration = PasswordOptions::Registration::confirm_first,
                                                        .register_accepts = {"nickname"}})},
                        .add_ons = {rowan::confirmation()}}};
  Browser stranger = app.browser(), owner = app.browser();
  Browser& resend(Browser& browser) {
    return browser.get("/reset").form("confirm_new_user/resend").fill("user[email]", ann).submit();
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, HeldElsewhere, every_database(), name_of_database);

TEST_P(HeldElsewhere, MakesTheAccountWithoutTheCredentialsThatWereHeld_AndSaysSo) {
  register_in(stranger);
  owner.get(app.mailed_path(ann));
  EXPECT_TRUE(owner.says("the password chosen there is not kept"));
  owner.form("confirm_new_user").submit();
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(sign_in(stranger).status(), 401);
}

TEST_P(HeldElsewhere, NeverResendsAnothersRegistration_EvenFromTheSameAddressAndBrowserName) {
  register_in(stranger);  // 127.0.0.1 and the same User-Agent as the owner
  app.clock().advance(1min);
  resend(owner);
  EXPECT_THAT(app.mailbox(ann).at(0).text, Not(HasSubstr("/confirm_new_user/")));
  app.clock().advance(1min);
  resend(stranger);
  EXPECT_THAT(app.mailbox(ann).at(0).text, HasSubstr("/confirm_new_user/"));
}

TEST_P(HeldElsewhere, IsTheBrowsersOwnAgainAfterANewMail) {
  register_in(owner);
  app.clock().advance(1min);
  resend(owner);
  owner.get(app.mailed_path(ann)).form("confirm_new_user").submit();
  EXPECT_TRUE(is_signed_in(owner));
  auto other = app.browser();
  sign_in(other);
  EXPECT_TRUE(is_signed_in(other)) << "with the password that was chosen";
}

TEST_P(HeldElsewhere, GivesProgramsAFlowToComeBackWith) {
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/register", registration());
  const auto flow = text_at(program.answer(), {"authentication", "flow"});
  ASSERT_EQ(flow.size(), 43U);
  program.json("POST", "/api/auth/user/confirm_new_user",
               {{"user", {{"confirm", token_in(app.mailed_path(ann))}}}, {"flow", flow}});
  EXPECT_EQ(program.status(), 201);
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_EQ(program.status(), 200);
}

TEST_P(HeldElsewhere, ALateLinkElsewhereMakesTheAccountWithoutSigningIn) {
  register_in(stranger);
  const auto path = app.mailed_path(ann);
  app.clock().advance(10min);
  owner.get(path).form("confirm_new_user").submit();
  EXPECT_EQ(owner.location(), "/sign-in");
  EXPECT_TRUE(app.find_user(ann)->has_value());
  EXPECT_FALSE(is_signed_in(owner));
}

// Made by an administrator, say, and never proven.
TEST_P(HeldElsewhere, EndsWhenTheOwnerTakesAnAccountOver) {
  register_in(stranger);
  const auto held = app.mailed_path(ann);
  app.clock().advance(1min);
  auto& core = engine::core_of(app.auth());
  const accounts::NewAccount account{.id = AccountId::make(app.clock(), app.random()),
                                     .generation = *core.numbers.take(),
                                     .tenant_generation = *core.numbers.take()};
  ASSERT_TRUE(app.database().transact([&](Transaction& transaction) {
    return accounts::create(transaction, account, *EmailAddress::parse(ann), app.clock().now());
  }));
  ask_for_reset(owner);
  choose(owner.get(app.mailed_path(ann)).form("password/reset"), other_password);
  ASSERT_TRUE(is_signed_in(owner));
  EXPECT_EQ(stranger.get(held).status(), 401);
}

TEST_P(HeldElsewhere, StrangersRegistrationsEndWhenTheAddressGetsItsOwner) {
  register_in(stranger);
  const auto strangers = app.mailed_path(ann);
  app.clock().advance(1min);
  register_in(owner, ann, other_password);
  owner.get(app.mailed_path(ann)).form("confirm_new_user").submit();
  ASSERT_TRUE(is_signed_in(owner));
  EXPECT_EQ(stranger.get(strangers).status(), 401);
}

}  // namespace
}  // namespace rowan::flows
