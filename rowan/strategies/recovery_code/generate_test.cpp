// Recovery codes are made, shown once, and void with the next set.
#include <regex>
#include <rowan/strategies/recovery_code/recovery_code_fixture_for_tests.hpp>
#include <set>

namespace rowan::flows {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class MakingRecoveryCodes : public RecoveryCodes {};
INSTANTIATE_TEST_SUITE_P(Databases, MakingRecoveryCodes, every_database(), name_of_database);

TEST_P(MakingRecoveryCodes, FollowsTheFirstSecondFactor) {
  set_up_app(owner);
  EXPECT_THAT(owner.location(), HasSubstr("/recovery-codes"));
  EXPECT_TRUE(owner.says("Your authenticator app is set up.")) << owner.body();
  EXPECT_TRUE(owner.says("Make your codes now")) << owner.body();
  EXPECT_TRUE(owner.says("Not now"));
  EXPECT_EQ(left(), 0) << "a GET makes none";
  owner.form("recovery_code/generate").submit();
  EXPECT_EQ(codes_on(owner).size(), 10U) << owner.body();
  EXPECT_EQ(left(), 10);
}

TEST_P(MakingRecoveryCodes, FollowsASetUpThatSigningInAskedFor) {
  required = true;
  auto person = app.browser();
  person.get("/sign-in?return_to=%2Fprivate");
  person.form("password/sign_in").fill("user[email]", ann).fill("user[password]", password).submit();
  EXPECT_FALSE(is_signed_in(person));
  set_up_app(person);
  EXPECT_THAT(person.location(), HasSubstr("/recovery-codes"));
  person.form("recovery_code/generate").submit();
  EXPECT_EQ(codes_on(person).size(), 10U) << person.body();
  EXPECT_THAT(person.body(), HasSubstr("href=\"/private\"")) << "and then on to where it began";
}

TEST_P(MakingRecoveryCodes, FollowsTheFirstOneOnly) {
  set_up();
  auto program = program_with_app();
  program.json("POST", "/api/auth/user/totp/setup", {{"user", {{"current_password", password}, {"code", app_code()}}}});
  ASSERT_EQ(program.status(), 200) << program.body();
  const auto code = testing::totp_code(text_at(program.answer(), {"secret"}), app.clock());
  program.json("POST", "/api/auth/user/totp/confirm_setup",
               {{"user", {{"code", code}}}, {"flow", text_at(program.answer(), {"flow"})}});
  ASSERT_EQ(program.status(), 200) << program.body();
  EXPECT_EQ(left(), 10) << "a second app leaves the codes alone";
}

TEST_P(MakingRecoveryCodes, ShowsThemOnce) {  // MFA-15
  const auto codes = set_up();
  EXPECT_EQ(owner.status(), 200);
  EXPECT_EQ(owner.header("Cache-Control"), "no-store");
  EXPECT_TRUE(owner.says("We can't show them again."));
  EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 10U);
  const std::regex looks("([A-Z0-9]{4}-){5}[A-Z0-9]{4}");
  for (const auto& code : codes) EXPECT_TRUE(std::regex_match(code, looks)) << code;
  for (const auto* page : {"/recovery-codes", "/account", "/second-factor"}) {
    owner.get(page);
    for (const auto& code : codes) EXPECT_THAT(owner.body(), Not(HasSubstr(code))) << page;
  }
  owner.get("/account");
  EXPECT_TRUE(owner.says("Codes left: 10 of 10.")) << owner.body();
}

TEST_P(MakingRecoveryCodes, TellsTheOwner) {  // MFA-15, THR-11
  const auto codes = set_up();
  const auto mail = app.mailbox(ann).at(0);
  EXPECT_THAT(mail.subject, HasSubstr("New recovery codes for your"));
  EXPECT_THAT(mail.text, HasSubstr("If this wasn't you"));
  EXPECT_THAT(mail.links, Contains(HasSubstr("/undo/")));
  for (const auto& code : codes) EXPECT_THAT(mail.text + mail.html, Not(HasSubstr(code)));
}

TEST_P(MakingRecoveryCodes, IsTakenBackByTheReaderOfTheMailWhoDidNotMakeThem) {
  set_up();
  const auto path = app.mailed_path(ann);
  auto reader = app.browser();
  reader.get(path);
  EXPECT_TRUE(reader.says("New recovery codes were made for your account.")) << reader.body();
  reader.form("notices/undo").submit();
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_recovery_codes")), 0) << reader.body();
  EXPECT_FALSE(is_signed_in(owner));
}

TEST_P(MakingRecoveryCodes, VoidsThoseOfBefore) {  // MFA-15
  const auto before = set_up();
  const auto now = make_codes(owner);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_recovery_codes")), 10) << "the old ones are deleted";
  auto program = app.browser();
  for (const auto& code : before) EXPECT_THAT(now, Not(Contains(code)));
  EXPECT_EQ(send(program, before.front(), pending_flow(program)).status(), 401);
  EXPECT_EQ(send(program, now.front(), pending_flow(program)).status(), 200) << program.body();
}

TEST_P(MakingRecoveryCodes, NeedsASecondFactor) {
  owner.get("/recovery-codes");
  EXPECT_TRUE(owner.says("You have no second step yet")) << owner.body();
  EXPECT_THAT(owner.body(), Not(HasSubstr("recovery_code/generate\"")));
  EXPECT_THAT(owner.get("/account").body(), Not(HasSubstr("recovery_code/generate\"")));
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(bearer_of(program));
  EXPECT_EQ(generate(program).status(), 422);
  EXPECT_THAT(program.body(), HasSubstr(R"("field":"second_factor","code":"required")"));
  EXPECT_EQ(left(), 0);
  auto visitor = app.browser();
  EXPECT_THAT(visitor.get("/recovery-codes").location(), HasSubstr("/sign-in"));
  EXPECT_EQ(generate(visitor).status(), 401);
}

TEST_P(MakingRecoveryCodes, NeedsAFreshSecondFactor) {  // REC-08
  set_up_app(owner);
  auto program = program_with_app();
  app.clock().advance(10min);
  auto form = owner.get("/recovery-codes").form("recovery_code/generate");
  owner.with_header("Referer", "https://rowan.example/recovery-codes");  // as browsers say
  form.submit();
  EXPECT_EQ(left(), 0);
  EXPECT_THAT(owner.location(), HasSubstr("/second-factor")) << owner.body();
  EXPECT_EQ(generate(program).status(), 401);
  EXPECT_EQ(text_at(program.answer(), {"authentication", "reason"}), "insufficient_user_authentication");
  owner.form("totp/verify").fill("user[code]", app_code()).submit();
  EXPECT_THAT(owner.location(), HasSubstr("/recovery-codes")) << "back to where it was asked for";
  owner.form("recovery_code/generate").submit();
  EXPECT_EQ(codes_on(owner).size(), 10U) << owner.body();
}

TEST_P(MakingRecoveryCodes, AnswersProgramsOnce) {
  set_up_app(owner);
  auto program = program_with_app();
  ASSERT_EQ(generate(program).status(), 200) << program.body();
  EXPECT_EQ(program.header("Cache-Control"), "no-store");
  const auto codes = made_by(program);
  EXPECT_EQ(codes.size(), 10U) << program.body();
  EXPECT_TRUE(is_signed_in(owner)) << "sessions elsewhere showed factors that are still there";
  auto other = app.browser();
  EXPECT_EQ(send(other, codes.back(), pending_flow(other)).status(), 200) << other.body();
}

TEST_P(MakingRecoveryCodes, StoresHashesThatWorkForTheirAccountOnly) {  // MFA-02
  const auto codes = set_up();
  const auto stored = app.database().read(
      [](SqlConnection& connection) { return connection.query(Sql("SELECT * FROM rowan_recovery_codes")); });
  for (const auto& row : *stored)
    for (const auto& code : codes) {
      std::string bare;
      for (const char c : code)
        if (c != '-') bare += c;
      EXPECT_THAT(row.text("hash"), Not(HasSubstr(bare)));
      EXPECT_THAT(row.text("hash"), Not(HasSubstr(code)));
    }
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  set_up_app(bob);
  run(
      Sql("UPDATE rowan_recovery_codes SET account_id = (SELECT account_id FROM rowan_identifiers "
          "WHERE key = 'bob@notes.example')"));
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials("bob@notes.example"));
  EXPECT_EQ(send(program, codes.front(), text_at(program.answer(), {"authentication", "flow"})).status(), 401);
}

TEST_P(MakingRecoveryCodes, ATimeWithoutASecondFactorEndsThem) {
  const auto codes = set_up();
  auto program = program_with_app();
  program.json("POST", "/api/auth/user/totp/remove",
               {{"user", {{"current_password", password}, {"code", app_code()}}}});
  ASSERT_EQ(program.status(), 200) << program.body();
  auto person = app.browser();
  flows::sign_in(person);
  EXPECT_TRUE(is_signed_in(person)) << "codes alone are no second factor";
  app.clock().advance(30s);
  set_up_app(person);
  EXPECT_TRUE(person.says("Make your codes now")) << person.body();
  auto other = app.browser();
  EXPECT_EQ(send(other, codes.front(), pending_flow(other)).status(), 401) << "kept for a factor that is gone";
}

TEST_P(MakingRecoveryCodes, EndsWithTheAccount) {
  set_up();
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_recovery_codes")), 0);
}

// A stranger registered with Bob's address and made codes. Bob proves the address, and they go.
TEST_P(MakingRecoveryCodes, OfAStrangerEndsWhenTheAddressIsProven) {
  auto stranger = app.browser(), bob = app.browser();
  register_in(stranger, "bob@notes.example");
  set_up_app(stranger);
  make_codes(stranger);
  EXPECT_EQ(left(), 10);
  ask_for_link(bob, "bob@notes.example");
  open_link(bob, app.mailed_path("bob@notes.example"));
  EXPECT_TRUE(is_signed_in(bob)) << bob.body();
  EXPECT_EQ(left(), 0);
}

TEST_P(MakingRecoveryCodes, IsSaidInGerman) {
  set_up_app(owner);
  owner.with_header("Accept-Language", "de").get("/recovery-codes");
  EXPECT_TRUE(owner.says("Wiederherstellungscodes erstellen")) << owner.body();
  auto form = owner.form("recovery_code/generate");
  owner.with_header("Accept-Language", "de");
  form.submit();
  EXPECT_TRUE(owner.says("Wir können sie nicht noch einmal anzeigen.")) << owner.body();
}

}  // namespace
}  // namespace rowan::flows
