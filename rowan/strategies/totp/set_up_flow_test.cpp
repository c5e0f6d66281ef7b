// Setting authenticators up, several of them, and removing them.
#include <rowan/strategies/totp/totp_flow_for_tests.hpp>

namespace rowan::flows::totp_room {
namespace {

using TotpSetUp = Totp;
INSTANTIATE_TEST_SUITE_P(Databases, TotpSetUp, every_database(), name_of_database);
using TotpSetUpBurst = TotpBurst;
INSTANTIATE_TEST_SUITE_P(Databases, TotpSetUpBurst, every_database(), name_of_database);

TEST_P(TotpSetUp, IsOnTheAccountAfterTheFirstRightCodeAndNotBefore) {  // MFA-13
  begin_setup(owner);
  const auto secret = key_on(owner);
  EXPECT_THAT(owner.body(), HasSubstr("<svg class=\"qr\""));
  EXPECT_EQ(owner.header("Cache-Control"), "no-store");
  EXPECT_THAT(owner.body(), HasSubstr("otpauth://totp/Rowan:ann%40notes.example?secret="));
  EXPECT_EQ(authenticators(), 0);
  auto elsewhere = app.browser();
  flows::sign_in(elsewhere);
  EXPECT_TRUE(is_signed_in(elsewhere)) << "a set-up that waits asks for nothing";

  EXPECT_EQ(confirm_setup(owner, wrong(secret)).status(), 422);
  EXPECT_TRUE(owner.says("This code is wrong or was used already.")) << owner.body();
  EXPECT_EQ(key_on(owner), secret) << "the same code again, not a new one";
  EXPECT_EQ(authenticators(), 0);

  confirm_setup(owner, code(secret), "Ann's phone");
  EXPECT_TRUE(owner.says("Your authenticator app is set up.")) << owner.body();
  EXPECT_EQ(authenticators(), 1);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(elsewhere)) << "every other session ends";
  owner.get("/account");
  EXPECT_TRUE(owner.says("Ann's phone"));
  EXPECT_THAT(owner.body(), Not(HasSubstr(secret.substr(0, 9)))) << "no page shows the seed again";
  owner.get("/totp-setup");
  EXPECT_THAT(owner.body(), Not(HasSubstr(secret.substr(0, 9))));
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("An authenticator app was added"));
}

TEST_P(TotpSetUp, AsksForThePasswordBeforeItShowsASeed) {  // REC-10
  EXPECT_EQ(begin_setup(owner, other_password).status(), 422);
  EXPECT_TRUE(owner.says("This isn't your current password.")) << owner.body();
  EXPECT_EQ(begin_setup(owner, "").status(), 422);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_totp_setups")), 0);
  auto visitor = app.browser();
  EXPECT_THAT(visitor.get("/totp-setup").location(), HasSubstr("/sign-in"));
}

TEST_P(TotpSetUp, OfAnAccountWithoutAPasswordNeedsAFreshSignIn) {
  run(Sql("DELETE FROM rowan_passwords"));
  EXPECT_EQ(begin_setup(owner, "").status(), 200) << owner.body();
  app.clock().advance(11min);
  EXPECT_EQ(begin_setup(owner, "").status(), 401);
}

TEST_P(TotpSetUp, SetUpWaitsTenMinutesInItsBrowserForItsAccountAndItsCredentials) {
  begin_setup(owner);
  const auto secret = key_on(owner);
  auto other = app.browser();
  flows::sign_in(other);
  other.get("/totp-setup");
  EXPECT_THAT(other.body(), Not(HasSubstr(secret))) << "another browser of the same account";
  app.clock().advance(10min - 1us);
  owner.get("/totp-setup");
  EXPECT_EQ(key_on(owner), secret);
  auto late = owner;
  app.clock().advance(1us);
  EXPECT_EQ(confirm_setup(owner, code(secret)).status(), 422);
  EXPECT_TRUE(owner.says("This took too long.")) << owner.body();
  EXPECT_EQ(authenticators(), 0);

  begin_setup(late);
  const auto second = key_on(late);
  ASSERT_TRUE(app.auth().revoke_all(id));
  auto again = app.browser();
  flows::sign_in(again);
  again.cookies()["__Host-rowan_state"] = late.cookies()["__Host-rowan_state"];
  again.get("/totp-setup");
  EXPECT_THAT(again.body(), Not(HasSubstr(second))) << "begun before everything of the account ended";
}

TEST_P(TotpSetUp, SetUpIsOfTheAccountThatBeganIt) {
  begin_setup(owner);
  const auto secret = key_on(owner);
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  bob.cookies()["__Host-rowan_state"] = owner.cookies()["__Host-rowan_state"];
  bob.get("/totp-setup");
  EXPECT_THAT(bob.body(), Not(HasSubstr(secret)));
}

TEST_P(TotpSetUpBurst, ASetUpIsConfirmedOnceByOneOfManyAtOnce) {  // MFA-01
  constexpr int crowd = 16;
  std::vector<std::string> bearers;
  auto program = app.browser();
  for (int i = 0; i < crowd; ++i) {
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    bearers.push_back(bearer_of(program));
  }
  program.bearer(bearers.front());
  program.json("POST", "/api/auth/user/totp/setup", {{"user", {{"current_password", password}}}});
  ASSERT_EQ(program.status(), 200) << program.body();
  const auto right = code(text_at(program.answer(), {"secret"})), flow = text_at(program.answer(), {"flow"});
  std::vector<int> statuses(crowd);
  std::barrier start(crowd);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < crowd; ++i)
      threads.emplace_back([&, i] {
        auto one = app.browser();
        one.bearer(bearers[i]);
        start.arrive_and_wait();
        statuses[i] = send(one, "confirm_setup", right, flow).status();
      });
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(authenticators(), 1);
}

TEST_P(TotpSetUp, IsSetUpByAProgram) {
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(bearer_of(program));
  program.json("POST", "/api/auth/user/totp/setup", {{"user", {{"current_password", "wrong"}}}});
  EXPECT_EQ(error_of(program), "current_password wrong");
  program.json("POST", "/api/auth/user/totp/setup", {{"user", {{"current_password", password}}}});
  ASSERT_EQ(program.status(), 200) << program.body();
  const auto secret = text_at(program.answer(), {"secret"}), flow = text_at(program.answer(), {"flow"});
  EXPECT_EQ(secret.size(), 32U) << "160 bits";  // MFA-11
  EXPECT_EQ(program.header("Cache-Control"), "no-store");
  EXPECT_EQ(text_at(program.answer(), {"url"}),
            "otpauth://totp/Rowan:ann%40notes.example?secret=" + secret + "&issuer=Rowan");
  EXPECT_EQ(send(program, "confirm_setup", wrong(secret), flow).status(), 422);
  EXPECT_EQ(error_of(program), "code wrong");
  send(program, "confirm_setup", code(secret), std::string(43, 'A'));
  EXPECT_EQ(error_of(program), "code expired");
  ASSERT_EQ(send(program, "confirm_setup", code(secret), flow).status(), 200) << program.body();
  program.bearer(bearer_of(program));
  send(program, "confirm_setup", code(secret), flow);
  EXPECT_EQ(error_of(program), "code expired") << "a set-up is used once";
}

TEST_P(TotpSetUp, ALabelIsShortAndOneLine) {
  begin_setup(owner);
  const auto secret = key_on(owner);
  EXPECT_EQ(confirm_setup(owner, code(secret), std::string(51, 'x')).status(), 422);
  EXPECT_EQ(confirm_setup(owner, code(secret), "a\tb").status(), 422);
  EXPECT_EQ(confirm_setup(owner, code(secret), "  <b>Büro</b>  ").status(), 200) << owner.body();
  owner.get("/account");
  EXPECT_THAT(owner.body(), HasSubstr("<strong>&lt;b&gt;Büro&lt;/b&gt;</strong>"));
}

TEST_P(TotpSetUp, AnAccountHasSeveralEachWithItsOwnCodes) {
  const auto phone = set_up(owner, "Phone");
  app.clock().advance(11min);
  begin_setup(owner);
  EXPECT_THAT(owner.location(), HasSubstr("/second-factor")) << "an old session alone adds no second one";  // REC-10
  owner.form("totp/verify").fill("user[code]", code(phone)).submit();
  EXPECT_EQ(owner.location(), "/account") << owner.body();
  begin_setup(owner);
  const auto tablet = key_on(owner);
  confirm_setup(owner, code(tablet), "Tablet");
  EXPECT_EQ(authenticators(), 2);
  auto program = app.browser();
  EXPECT_EQ(send(program, "verify", code(phone), pending_flow(program)).status(), 401) << "used already";
  next_code();
  EXPECT_EQ(send(program, "verify", code(phone), pending_flow(program)).status(), 200) << program.body();
  EXPECT_EQ(send(program, "verify", code(tablet), pending_flow(program)).status(), 200) << program.body();
  owner.get("/account");
  EXPECT_TRUE(owner.says("Phone")) << owner.body();
  EXPECT_TRUE(owner.says("Last used"));
}

TEST_P(TotpSetUp, AnAccountHasFiveAtMost) {
  set_up(owner);
  for (int i = 1; i < 5; ++i) {
    next_code();
    begin_setup(owner);
    confirm_setup(owner, code(key_on(owner)));
    EXPECT_EQ(authenticators(), i + 1);
  }
  next_code();
  EXPECT_THAT(owner.get("/account").body(), Not(HasSubstr("/totp/setup\"")));
  EXPECT_EQ(owner.get("/totp-setup").status(), 200);
}

TEST_P(TotpSetUp, IsRemovedByItsOwnerWhoIsTold) {  // REC-11, THR-11
  const auto phone = set_up(owner, "Phone");
  next_code();
  begin_setup(owner);
  confirm_setup(owner, code(key_on(owner)), "Tablet");
  next_code();
  auto elsewhere = app.browser();
  flows::sign_in(elsewhere);
  enter(elsewhere, code(phone));
  ASSERT_TRUE(is_signed_in(elsewhere));
  next_code();
  const auto tablet = texts(Sql("SELECT id AS value FROM rowan_totp WHERE label = 'Tablet'")).at(0);
  const auto remove = [&] { owner.get("/account").form("totp/remove").choose("user[authenticator]", tablet).submit(); };
  app.clock().advance(11min);
  remove();
  EXPECT_THAT(owner.location(), HasSubstr("/second-factor")) << owner.body();
  owner.form("totp/verify").fill("user[code]", wrong(phone)).submit();
  EXPECT_EQ(owner.status(), 401);
  EXPECT_EQ(authenticators(), 2);
  owner.form("totp/verify").fill("user[code]", code(phone)).submit();
  remove();
  EXPECT_EQ(owner.status(), 200) << owner.body();
  EXPECT_TRUE(owner.says("The authenticator app was removed."));
  EXPECT_EQ(texts(Sql("SELECT label AS value FROM rowan_totp")), std::vector<std::string>{"Phone"});
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(elsewhere));
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("An authenticator app was removed"));
}

TEST_P(TotpSetUp, TheLastOneTakesTheSecondStepWithIt) {
  const auto secret = set_up(owner);
  next_code();
  auto waiting = app.browser();
  const auto flow = pending_flow(waiting);
  auto program = app.browser();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200);
  program.bearer(bearer_of(program));
  // Signed in a moment ago with both: a code is enough, and says which one.
  next_code();
  program.json("POST", "/api/auth/user/totp/remove", {{"user", {{"code", code(secret)}}}});
  EXPECT_EQ(program.status(), 200) << program.body();
  EXPECT_EQ(authenticators(), 0);
  EXPECT_EQ(send(waiting, "verify", code(secret), flow).status(), 401) << "a sign-in that waited died with it";
  waiting.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_EQ(waiting.status(), 200);
}

TEST_P(TotpSetUp, IsNotRemovedByAnOldSessionAlone) {
  const auto secret = set_up(owner);
  auto program = app.browser();
  next_code();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200);
  program.bearer(bearer_of(program));
  const auto removing = [&](const Json& with) {
    return program.json("POST", "/api/auth/user/totp/remove", {{"user", with}}).status();
  };
  app.clock().advance(11min);
  EXPECT_EQ(removing(Json({})), 401) << "an old session";
  EXPECT_THAT(program.body(), HasSubstr("insufficient_user_authentication"));
  EXPECT_THAT(program.header("WWW-Authenticate").value_or(""), HasSubstr("max_age=\"600\""));  // RFC 9470
  EXPECT_EQ(removing({{"code", code(secret)}}), 422) << "an old session and a code";
  EXPECT_EQ(error_of(program), "current_password wrong");
  EXPECT_EQ(removing({{"current_password", password}}), 401) << "an old session and the password";
  EXPECT_EQ(removing({{"current_password", "wrong"}}), 422);
  EXPECT_EQ(error_of(program), "current_password wrong");
  EXPECT_EQ(removing({{"current_password", password}, {"code", code(secret)}, {"authenticator", "another"}}), 422);
  EXPECT_EQ(error_of(program), "authenticator invalid");
  EXPECT_EQ(authenticators(), 1);
}

TEST_P(TotpSetUp, OfAnotherAccountIsNotRemoved) {
  const auto secret = set_up(owner);
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  const auto bobs = set_up(bob);
  next_code();
  const auto anns =
      texts(Sql("SELECT t.id AS value FROM rowan_totp t JOIN rowan_identifiers i ON i.account_id = t.account_id "
                "WHERE i.key = 'ann@notes.example'"));
  auto form = bob.get("/account").form("totp/remove");
  bob.post(form.action(), {{"_csrf_token", form.value("_csrf_token")},
                           {"user[authenticator]", anns.at(0)},
                           {"user[current_password]", std::string(password)},
                           {"user[code]", code(bobs)}});
  EXPECT_EQ(bob.status(), 422);
  EXPECT_EQ(authenticators(), 2);
}

// A stranger registered with Bob's address and set up an app. Bob proves the address, and the app goes.
TEST_P(TotpSetUp, OfAStrangerIsNotAskedOfTheOneWhoProvesTheAddress) {
  auto stranger = app.browser(), bob = app.browser();
  register_in(stranger, "bob@notes.example");
  set_up(stranger);
  ask_for_link(bob, "bob@notes.example");
  open_link(bob, app.mailed_path("bob@notes.example"));
  EXPECT_TRUE(is_signed_in(bob)) << bob.body();
  EXPECT_FALSE(is_signed_in(stranger));
  EXPECT_EQ(authenticators(), 0);
}

TEST_P(TotpSetUp, EndsWithTheAccount) {
  set_up(owner);
  begin_setup(owner);
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(authenticators(), 0);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_totp_setups")), 0);
}

}  // namespace
}  // namespace rowan::flows::totp_room
