// Accounts that are made with a passkey and no password.
#include <rowan/strategies/webauthn/passkey_flows_fixture.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class PasskeyRegistration : public PasskeyFlows {};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyRegistration, every_database(), name_of_database);

TEST_P(PasskeyRegistration, MakesAnAccountAndSignsIn) {
  VirtualAuthenticator device(device_options());
  auto browser = app.browser();
  register_person(browser, device);
  EXPECT_TRUE(browser.says("Your account is ready.")) << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(passkeys(), 1);
  EXPECT_EQ(challenges(), 0) << "it was used";
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_passwords")), 0);
  auto elsewhere = app.browser();
  sign_in_person(elsewhere, device);
  EXPECT_TRUE(is_signed_in(elsewhere)) << elsewhere.body();
}

TEST_P(PasskeyRegistration, IsDoneByAProgram) {
  VirtualAuthenticator device(device_options());
  auto program = app.browser();
  const auto options = ask(program, "registration_challenge", {{"email", ann}});
  EXPECT_EQ(text_at(*Json::parse(options), {"rp", "id"}), "rowan.example");
  EXPECT_EQ(text_at(*Json::parse(options), {"user", "name"}), ann);
  EXPECT_EQ(text_at(*Json::parse(options), {"authenticatorSelection", "residentKey"}), "required");
  EXPECT_EQ(text_at(*Json::parse(options), {"authenticatorSelection", "userVerification"}), "required");
  EXPECT_EQ(text_at(*Json::parse(options), {"challenge"}).size(), 43U) << "256 bits";  // WA-01
  EXPECT_EQ(text_at(*Json::parse(options), {"user", "id"}).size(), 43U);               // WA-17
  // The members of toJSON() beside each other, as the browser has them.
  const auto credential = *Json::parse(device.create(options));
  auto fields = credential.fields();
  fields.emplace_back("label", "Ann's key");
  call(program, "register", Json::object(fields), flow_of(options));
  ASSERT_EQ(program.status(), 201) << program.body();
  EXPECT_EQ(methods_of(program).text().contains("webauthn"), true);
  EXPECT_EQ(texts(Sql("SELECT label AS value FROM rowan_webauthn_credentials")).at(0), "Ann's key");
}

TEST_P(PasskeyRegistration, SaysThatAnAddressIsTakenOnlyAtTheEnd) {  // WA-16
  make();
  VirtualAuthenticator device(device_options());
  auto program = app.browser(), other = app.browser();
  const auto of_taken = *Json::parse(ask(program, "registration_challenge", {{"email", ann}}));
  const auto of_free = *Json::parse(ask(other, "registration_challenge", {{"email", "bob@notes.example"}}));
  const auto names = [](const Json& json) {
    std::vector<std::string> all;
    for (const auto& [name, value] : json.fields()) all.push_back(name);
    return all;
  };
  EXPECT_EQ(names(of_taken), names(of_free));
  EXPECT_EQ(of_taken.find("excludeCredentials")->items().size(), 0U);
  register_program(program, device);
  EXPECT_EQ(program.status(), 422);
  EXPECT_EQ(error_of(program), "email taken");
  EXPECT_EQ(passkeys(), 0);
  auto browser = app.browser();
  register_person(browser, device);
  EXPECT_TRUE(browser.says("There's already an account with this email address.")) << browser.body();
}

TEST_P(PasskeyRegistration, NeedsAnAddressAndSaysSoBesideTheField) {
  auto browser = app.browser();
  browser.get("/register").form("webauthn/registration_challenge").fill("user[email]", "nobody").submit();
  EXPECT_EQ(browser.status(), 422);
  EXPECT_TRUE(browser.says("Enter an email address like name@example.com.")) << browser.body();
  EXPECT_TRUE(browser.form("webauthn/registration_challenge").has("user[email]"));
  EXPECT_EQ(challenges(), 0);
}

TEST_P(PasskeyRegistration, WantsItsUserVerified) {  // WA-07
  VirtualAuthenticator device(device_options());
  auto program = app.browser();
  register_program(program, device, ann, {.clear_flags = 4});
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(log.count(LogLevel::info, "7.1 step 16"), 1U);
  EXPECT_EQ(accounts(), 0);
}

TEST_P(PasskeyRegistration, TwoAccountsDoNotShareOne) {  // WA-10
  VirtualAuthenticator device(device_options()), copy(device_options());
  auto program = app.browser();
  register_program(program, device);
  ASSERT_EQ(program.status(), 201) << program.body();
  register_program(program, copy, "bob@notes.example", {.credential_id = device.credentials().at(0).id});
  EXPECT_EQ(program.status(), 401) << program.body();
  EXPECT_EQ(log.count(LogLevel::info, "7.1 step 26"), 1U);
  EXPECT_EQ(accounts(), 1) << "nothing of the second is kept";
}

TEST_P(PasskeyRegistration, OneChallengeMakesOneAccount) {
  VirtualAuthenticator device(device_options());
  auto program = app.browser();
  const auto options = ask(program, "registration_challenge", {{"email", ann}});
  const auto credential = device.create(options);
  EXPECT_EQ(send(program, "register", credential, flow_of(options)).status(), 201);
  EXPECT_EQ(send(program, "register", credential, flow_of(options)).status(), 401);
  EXPECT_EQ(passkeys(), 1);
}

// A stranger registered with Bob's address. Bob proves the address, and the stranger's passkey goes.
TEST_P(PasskeyRegistration, OfAStrangerEndsWhenTheOwnerProvesTheAddress) {
  VirtualAuthenticator device(device_options());
  auto stranger = app.browser(), owner = app.browser();
  register_person(stranger, device, "bob@notes.example");
  ask_for_link(owner, "bob@notes.example");
  open_link(owner, app.mailed_path("bob@notes.example"));
  EXPECT_TRUE(is_signed_in(owner)) << owner.body();
  EXPECT_FALSE(is_signed_in(stranger));
  EXPECT_EQ(passkeys(), 0);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_webauthn_users")), 0);
}

class PasskeyRegistrationWithCodes : public PasskeyFlows {
 protected:
  PasskeyRegistrationWithCodes() : PasskeyFlows({.with_codes = true}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyRegistrationWithCodes, every_database(), name_of_database);

// The passkey is all that the account has: losing it must not be the end.
TEST_P(PasskeyRegistrationWithCodes, EndsByOfferingThemAndLeadsOn) {
  VirtualAuthenticator device(device_options());
  auto browser = app.browser();
  browser.get("/register?return_to=%2Fprivate").form("webauthn/registration_challenge");
  browser.form("webauthn/registration_challenge").fill("user[email]", ann).submit();
  answer(browser, "webauthn/register", device.create(options_on(browser)));
  EXPECT_EQ(browser.location(), "/recovery-codes?return_to=%2Fprivate") << browser.body();
  EXPECT_TRUE(browser.says("Your account is ready.")) << browser.body();
  EXPECT_TRUE(browser.says("Not now"));
  browser.form("recovery_code/generate").submit();
  EXPECT_TRUE(browser.says("Your recovery codes")) << browser.body();
  EXPECT_THAT(browser.body(), HasSubstr("href=\"/private\""));
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_recovery_codes")), 10);
}

TEST_P(PasskeyRegistrationWithCodes, OfAnAccountWithAPasswordAloneOffersNone) {
  auto browser = app.browser();
  browser.get("/register?return_to=%2Fprivate");
  browser.form("password/register")
      .fill("user[email]", ann)
      .fill("user[password]", password)
      .fill("user[password_confirmation]", password)
      .submit();
  EXPECT_EQ(browser.location(), "/private") << browser.body();
}

class PasskeyConfirmFirst : public PasskeyFlows {
 protected:
  PasskeyConfirmFirst()
      : PasskeyFlows({.options = {.registration = WebauthnOptions::Registration::confirm_first},
                      .add_ons = {rowan::confirmation()}}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyConfirmFirst, every_database(), name_of_database);

TEST_P(PasskeyConfirmFirst, MakesTheAccountWhenTheAddressIsProvenInTheSameBrowser) {
  VirtualAuthenticator device(device_options());
  auto browser = app.browser();
  register_person(browser, device);
  EXPECT_TRUE(browser.says("Check your inbox")) << browser.body();
  EXPECT_EQ(accounts(), 0);
  browser.get(app.mailed_path(ann)).form("confirm_new_user").submit();
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  EXPECT_EQ(passkeys(), 1);
  auto program = app.browser();
  EXPECT_EQ(sign_in_program(program, device).status(), 200) << program.body();
}

TEST_P(PasskeyConfirmFirst, MailsOneAddressEightTimesAnHour) {  // THR-09
  auto program = app.browser();
  for (int i = 0; i < 10; ++i) {
    VirtualAuthenticator device(device_options());
    register_program(program, device);
    EXPECT_EQ(program.status(), 200) << "the answer is the same: " << program.body();
  }
  EXPECT_EQ(app.mailbox(ann).size(), 8U);
}

TEST_P(PasskeyConfirmFirst, AnswersATakenAddressAsAnyOther) {  // THR-06
  make();
  VirtualAuthenticator device(device_options()), other(device_options());
  auto taken = app.browser(), free = app.browser();
  register_program(taken, device, ann);
  register_program(free, other, "bob@notes.example");
  EXPECT_EQ(taken.status(), free.status());
  EXPECT_EQ(taken.status(), 200) << taken.body();
  EXPECT_EQ(accounts(), 1);
  EXPECT_EQ(passkeys(), 0);
}

}  // namespace
}  // namespace rowan::flows
