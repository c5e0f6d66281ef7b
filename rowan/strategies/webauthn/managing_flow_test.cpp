// An owner's passkeys: added, named, renamed, removed.
#include <rowan/strategies/webauthn/passkey_flows_fixture.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class Passkeys : public PasskeyFlows {
 protected:
  explicit Passkeys(Setting setting = {}) : PasskeyFlows(std::move(setting)) {
    id = make();
    flows::sign_in(owner);
  }
  std::string id_of(std::string_view label) {
    const auto rows = app.database().read([&](SqlConnection& connection) {
      return connection.query(Sql("SELECT id FROM rowan_webauthn_credentials WHERE label = :label"),
                              {{"label", label}});
    });
    return rows->empty() ? std::string() : rows->front().text("id");
  }
  Browser& remove(std::string_view label, std::string_view with = password) {
    return owner.get("/account")
        .form("webauthn/delete_credential")
        .choose("user[id]", id_of(label))
        .fill("user[current_password]", with)
        .submit();
  }
  VirtualAuthenticator device{device_options()};
  Browser owner = app.browser();
  AccountId id{};
};
INSTANTIATE_TEST_SUITE_P(Databases, Passkeys, every_database(), name_of_database);

TEST_P(Passkeys, TheFirstEndsOtherSessionsAndTellsTheOwner) {  // REC-03, THR-11, WA-18
  auto elsewhere = app.browser();
  flows::sign_in(elsewhere);
  add(owner, device, password, "Phone");
  EXPECT_TRUE(owner.says("Your passkey is ready.")) << owner.body();
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(elsewhere));
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("A passkey was added"));
  owner.get("/account");
  EXPECT_TRUE(owner.says("Phone")) << owner.body();
  EXPECT_TRUE(owner.says("Added"));
  EXPECT_THAT(owner.body(), HasSubstr("allAcceptedCredentialIds"));
}

TEST_P(Passkeys, NeedsTheOwnerAgain) {  // REC-08
  EXPECT_EQ(add(owner, device, other_password).status(), 422);
  EXPECT_TRUE(owner.says("This isn't your current password.")) << owner.body();
  EXPECT_EQ(add(owner, device, "").status(), 422);
  EXPECT_EQ(challenges(), 0);
  run(Sql("DELETE FROM rowan_passwords"));
  app.clock().advance(11min);
  EXPECT_EQ(add(owner, device, "").status(), 401);
}

TEST_P(Passkeys, IsNamedAfterItsModelUntilItsOwnerNamesIt) {
  device.options().aaguid = {std::byte{0xba}, std::byte{0xda}, std::byte{0x55}, std::byte{0x66},
                             std::byte{0xa7}, std::byte{0xaa}, std::byte{0x40}, std::byte{0x1f},
                             std::byte{0xbd}, std::byte{0x96}, std::byte{0x45}, std::byte{0x61},
                             std::byte{0x9a}, std::byte{0x55}, std::byte{0x12}, std::byte{0x0d}};
  add(owner, device);
  EXPECT_TRUE(owner.get("/account").says("1Password")) << owner.body();
  owner.form("webauthn/rename_credential").fill("user[label]", "  <b>Büro</b> ").submit();
  EXPECT_EQ(owner.location(), "/account");
  EXPECT_TRUE(owner.says("The passkey has its new name."));
  EXPECT_THAT(owner.body(), HasSubstr("<strong>&lt;b&gt;Büro&lt;/b&gt;</strong>"));
  owner.get("/account").form("webauthn/rename_credential").fill("user[label]", std::string(51, 'x')).submit();
  EXPECT_EQ(owner.status(), 422);
  owner.get("/account").form("webauthn/rename_credential").fill("user[label]", "").submit();
  EXPECT_TRUE(owner.says("1Password")) << "the model's name again";
}

TEST_P(Passkeys, OfAnotherAccountIsNeitherRenamedNorRemoved) {
  add(owner, device, password, "Ann's");
  make("bob@notes.example");
  auto bob = app.browser();
  flows::sign_in(bob, "bob@notes.example");
  VirtualAuthenticator bobs(device_options());
  add(bob, bobs, password, "Bob's");
  for (const auto* form : {"webauthn/rename_credential", "webauthn/delete_credential"}) {
    auto sending = bob.get("/account").form(form);
    bob.post(sending.action(), {{"_csrf_token", sending.value("_csrf_token")},
                                {"user[id]", id_of("Ann's")},
                                {"user[label]", "mine"},
                                {"user[current_password]", std::string(password)}});
    EXPECT_EQ(bob.status(), 422) << form;
  }
  EXPECT_EQ(passkeys(), 2);
  EXPECT_NE(id_of("Ann's"), "");
}

TEST_P(Passkeys, IsRemovedByItsOwnerWhoIsTold) {  // REC-11, THR-11
  add(owner, device, password, "Phone");
  auto elsewhere = app.browser();
  sign_in_person(elsewhere, device);
  EXPECT_EQ(remove("Phone", other_password).status(), 422);
  EXPECT_EQ(passkeys(), 1);
  EXPECT_EQ(remove("Phone").status(), 200) << owner.body();
  EXPECT_TRUE(owner.says("The passkey was removed."));
  EXPECT_EQ(passkeys(), 0);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(elsewhere));
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("A passkey was removed"));
  EXPECT_THAT(owner.get("/account").body(), HasSubstr("allAcceptedCredentialIds&quot;:[]"));
  EXPECT_FALSE(is_signed_in(elsewhere));
  auto again = app.browser();
  sign_in_person(again, device);
  EXPECT_FALSE(is_signed_in(again)) << "it signs in no more";
}

TEST_P(Passkeys, OneAuthenticatorIsAddedOnce) {
  add(owner, device);
  owner.get("/account").form("webauthn/add_credential_challenge").fill("user[current_password]", password).submit();
  EXPECT_THROW(device.create(options_on(owner)), std::runtime_error) << "it is excluded";  // WA-19
}

TEST_P(Passkeys, AChallengeIsOfTheSessionThatAskedForIt) {  // WA-01
  owner.get("/account").form("webauthn/add_credential_challenge").fill("user[current_password]", password).submit();
  const auto credential = device.create(options_on(owner));
  make("bob@notes.example");
  auto bob = app.browser();
  flows::sign_in(bob, "bob@notes.example");
  VirtualAuthenticator bobs(device_options());
  bob.get("/account").form("webauthn/add_credential_challenge").fill("user[current_password]", password).submit();
  answer(bob, "webauthn/add_credential", credential);
  EXPECT_EQ(passkeys(), 0) << bob.body();
  ASSERT_TRUE(app.auth().revoke_all(id));
  flows::sign_in(owner);
  auto sending = owner.get("/account").form("webauthn/add_credential_challenge");
  owner.post("/auth/user/webauthn/add_credential",
             {{"_csrf_token", sending.value("_csrf_token")}, {"user[credential]", credential}});
  EXPECT_EQ(passkeys(), 0) << "begun before everything of the account ended";
}

TEST_P(Passkeys, EndWithTheAccount) {
  add(owner, device);
  owner.get("/account").form("webauthn/add_credential_challenge").fill("user[current_password]", password).submit();
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(passkeys(), 0);
  EXPECT_EQ(challenges(), 0);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_webauthn_users")), 0);
}

TEST_P(Passkeys, ThePageOfPasskeysNeedsASession) {
  EXPECT_TRUE(owner.get("/webauthn-setup").says("Passkeys")) << owner.body();
  EXPECT_TRUE(owner.form("webauthn/add_credential_challenge").has("user[current_password]"));
  auto visitor = app.browser();
  EXPECT_THAT(visitor.get("/webauthn-setup").location(), HasSubstr("/sign-in"));
}

TEST_P(Passkeys, SpeakGerman) {
  auto browser = app.browser();
  browser.get("/sign-in?ui_locales=de");
  EXPECT_TRUE(browser.says("Mit einem Passkey anmelden")) << browser.body();
}

class FewPasskeys : public Passkeys {
 protected:
  FewPasskeys() : Passkeys({.options = {.credentials = 2}}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, FewPasskeys, every_database(), name_of_database);

TEST_P(FewPasskeys, AnAccountHasAsManyAsItMay) {
  VirtualAuthenticator second(device_options()), third(device_options());
  add(owner, device);
  add(owner, second);
  EXPECT_EQ(passkeys(), 2);
  EXPECT_THAT(owner.get("/account").body(), Not(HasSubstr("/add_credential_challenge\"")));
  auto program = app.browser();
  sign_in_program(program, device);
  program.bearer(bearer_of(program));
  call(program, "add_credential_challenge", {{"current_password", password}});
  EXPECT_EQ(error_of(program), "label too_many") << program.body();
}

// An application with passkeys and nothing else.
class OnlyPasskeys : public PasskeyFlows {
 protected:
  OnlyPasskeys() : PasskeyFlows({.with_password = false}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, OnlyPasskeys, every_database(), name_of_database);

TEST_P(OnlyPasskeys, TheLastWayInStays) {  // REC-11, WA-18
  VirtualAuthenticator device(device_options()), second(device_options());
  auto owner = app.browser();
  register_person(owner, device);
  owner.get("/account").form("webauthn/delete_credential").submit();
  EXPECT_EQ(owner.status(), 422);
  EXPECT_TRUE(owner.says("You couldn't sign in without this.")) << owner.body();
  EXPECT_EQ(passkeys(), 1);
  add(owner, second, "", "Second");
  ASSERT_EQ(passkeys(), 2) << owner.body();
  const auto first = texts(Sql("SELECT id AS value FROM rowan_webauthn_credentials WHERE label = ''")).at(0);
  owner.get("/account").form("webauthn/delete_credential").choose("user[id]", first).submit();
  EXPECT_EQ(passkeys(), 1) << owner.body();
  auto program = app.browser();
  EXPECT_EQ(sign_in_program(program, second).status(), 200) << program.body();
}

TEST_P(OnlyPasskeys, AreTwoWhereNothingElseSignsIn) {
  VirtualAuthenticator device(device_options()), key(device_options()), second(device_options());
  const auto advice = "One passkey is your only way in.";
  auto owner = app.browser();
  register_person(owner, device);
  for (const auto* page : {"/account", "/webauthn-setup"}) EXPECT_TRUE(owner.get(page).says(advice)) << page;
  owner.get("/account").form("webauthn/add_credential_challenge").submit();
  answer(owner, "webauthn/add_credential", key.create(options_on(owner), {.clear_flags = 4}));
  EXPECT_TRUE(owner.get("/account").says(advice)) << "that one does not sign in: " << owner.body();
  add(owner, second, "", "Second");
  ASSERT_EQ(passkeys(), 3) << owner.body();
  EXPECT_FALSE(owner.get("/account").says(advice)) << owner.body();
}

TEST_P(Passkeys, AreNotTheOnlyWayInBesideAMail) {
  VirtualAuthenticator device(device_options());
  auto owner = app.browser();
  register_person(owner, device, "bob@notes.example");
  EXPECT_FALSE(owner.get("/account").says("One passkey is your only way in.")) << owner.body();
}

TEST_P(OnlyPasskeys, OneThatCannotSignInIsNoWayIn) {
  VirtualAuthenticator device(device_options()), key(device_options());
  auto owner = app.browser();
  register_person(owner, device);
  owner.get("/account").form("webauthn/add_credential_challenge").submit();
  answer(owner, "webauthn/add_credential", key.create(options_on(owner), {.clear_flags = 4}));
  ASSERT_EQ(passkeys(), 2) << owner.body();
  const auto first = texts(Sql("SELECT id AS value FROM rowan_webauthn_credentials WHERE user_verified = 1")).at(0);
  owner.get("/account").form("webauthn/delete_credential").choose("user[id]", first).submit();
  EXPECT_EQ(owner.status(), 422) << owner.body();
  EXPECT_EQ(passkeys(), 2);
}

}  // namespace
}  // namespace rowan::flows
