// A sign-in that waits for its second factor, and a session that has to show more, whichever factor it is.
#include "second_factor_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

INSTANTIATE_TEST_SUITE_P(Databases, WithSecondFactors, every_database(), name_of_database);

// --- Step-up ---

TEST_P(WithSecondFactors, AGuardLeadsToTheSecondFactorAndBack) {  // SES-12
  sign_in(owner);
  set_up(owner);
  app.clock().advance(11min);
  owner.get("/billing?month=5");
  EXPECT_EQ(owner.status(), 200);
  EXPECT_THAT(owner.location(), HasSubstr("/second-factor?need=second_factor&return_to=%2Fbilling%3Fmonth%3D5"));
  EXPECT_TRUE(owner.says("Confirm that it's you")) << owner.body();
  enter(owner);
  EXPECT_EQ(owner.location(), "/billing?month=5");
  EXPECT_EQ(owner.body(), "in");
  EXPECT_EQ(owner.get("/billing").body(), "in");
  app.clock().advance(10min + 1us);
  EXPECT_THAT(owner.get("/billing").location(), HasSubstr("/second-factor"));
}

TEST_P(WithSecondFactors, AWrongCodeAtAStepUpShowsTheFormAgainAndTakesNothingAway) {
  sign_in(owner);
  set_up(owner);
  app.clock().advance(11min);
  owner.get("/billing").form("totp/verify").fill("user[code]", "000000").submit();
  EXPECT_EQ(owner.status(), 401);
  EXPECT_TRUE(owner.says("This code is wrong or was used already.")) << owner.body();
  EXPECT_TRUE(is_signed_in(owner));
  owner.get("/billing").form("totp/verify").fill("user[code]", "000000").submit();
  enter(owner);
  EXPECT_EQ(owner.location(), "/billing");
}

TEST_P(WithSecondFactors, AFormIsNotSentAgainAfterAStepUp) {
  sign_in(owner);
  set_up(owner);
  app.clock().advance(11min);
  owner.with_header("Referer", "https://rowan.example/account?tab=2").post("/billing", {});
  EXPECT_THAT(owner.location(), HasSubstr("return_to=%2Faccount%3Ftab%3D2")) << "the page that the form was on";
  owner.with_header("Referer", "https://rowan.example.evil/account").post("/billing", {});
  EXPECT_THAT(owner.location(), Not(HasSubstr("return_to")));
}

TEST_P(WithSecondFactors, AGuardThatAsksForALaterSignInTakesThePassword) {
  sign_in(owner);
  app.clock().advance(11min);
  owner.get("/recent");
  EXPECT_THAT(owner.location(), HasSubstr("/second-factor?need=fresh&return_to=%2Frecent")) << owner.body();
  owner.form("password/verify").fill("user[password]", other_password).submit();
  EXPECT_EQ(owner.status(), 422);
  auto meanwhile = owner;
  EXPECT_TRUE(is_signed_in(meanwhile));
  owner.form("password/verify").fill("user[password]", password).submit();
  EXPECT_EQ(owner.location(), "/recent") << owner.body();
  EXPECT_EQ(owner.body(), "in");
}

// Its form was wrong: the page still asks for what the guard asked for, and not for the second factor.
TEST_P(WithSecondFactors, AFormThatFailsAtAStepUpLeavesWhatIsAskedForAsItWas) {
  sign_in(owner);
  set_up(owner);
  app.clock().advance(11min);
  owner.get("/recent");
  if (!owner.body().contains("password/verify")) owner.get(owner.location() + "&factor=password");
  for (int wrong = 0; wrong < 2; ++wrong) {
    owner.form("password/verify").fill("user[password]", other_password).submit();
    EXPECT_EQ(owner.status(), 422);
    EXPECT_TRUE(owner.says("Confirm that it's you")) << owner.body();
    EXPECT_THAT(owner.body(), HasSubstr("need=fresh")) << "the way to another factor says so too";
  }
  owner.form("password/verify").fill("user[password]", password).submit();
  EXPECT_EQ(owner.location(), "/recent") << owner.body();
  EXPECT_EQ(owner.body(), "in");
}

TEST_P(WithSecondFactors, WhereNothingCanBeShownAgainAPersonSignsInAgain) {
  ask_for_link(owner);
  open_link(owner, app.mailed_path(ann));
  ASSERT_TRUE(app.database().transact(
      [](Transaction& transaction) { return transaction.execute(Sql("DELETE FROM rowan_passwords")); }));
  app.clock().advance(11min);
  owner.get("/recent");
  EXPECT_THAT(owner.location(), HasSubstr("/sign-in")) << owner.body();
}

TEST_P(WithSecondFactors, AGuardLeadsWhoHasNoneToSetOneUp) {
  sign_in(owner);
  owner.get("/billing");
  EXPECT_TRUE(owner.says("Your account has none yet.")) << owner.body();
  EXPECT_THAT(owner.body(), HasSubstr("/totp-setup?return_to=%2Fbilling"));
}

TEST_P(WithSecondFactors, APasskeyIsNotReplacedByACode) {  // MFA-18
  sign_in(owner);
  set_up(owner);
  owner.get("/passkeys");
  EXPECT_NE(owner.body(), "in");
  EXPECT_THAT(owner.body(), Not(HasSubstr("totp/verify")));
}

TEST_P(WithSecondFactors, AProgramIsToldWhatIsMissing) {  // RFC 9470
  sign_in(owner);
  set_up(owner);
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.json("POST", "/api/auth/user/totp/verify",
               {{"user", {{"code", code()}}}, {"flow", text_at(program.answer(), {"authentication", "flow"})}});
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(program.json("GET", "/api/billing").body(), "in");
  app.clock().advance(11min);
  EXPECT_EQ(program.json("GET", "/api/billing").status(), 401);
  EXPECT_EQ(program.header("WWW-Authenticate"),
            "Bearer error=\"insufficient_user_authentication\", error_description=\"A second factor is needed\", "
            "acr_values=\"mfa\", max_age=\"600\"");
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"insufficient_user_authentication",)"
                            R"("needs":{"second_factor":true,"max_age":600}}})");
  program.json("POST", "/api/auth/user/totp/verify", {{"user", {{"code", code()}}}});
  const auto old = program;
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(program.json("GET", "/api/billing").body(), "in");
}

TEST_P(WithSecondFactors, AScriptOfAPageIsToldAsAProgramIs) {
  sign_in(owner);
  owner.with_header("Accept", "application/json").get("/billing");
  EXPECT_EQ(owner.status(), 401);
  EXPECT_THAT(owner.header("WWW-Authenticate").value_or(""), HasSubstr("insufficient_user_authentication"));
}

// --- A sign-in that waits ---

TEST_P(WithSecondFactors, ASignInThatWaitsCanBeCancelled) {
  sign_in(owner);
  set_up(owner);
  auto person = app.browser();
  sign_in(person);
  auto kept = person;
  person.form("second_factor/cancel").submit();
  EXPECT_TRUE(person.says("You are not signed in")) << person.body();
  EXPECT_FALSE(is_signed_in(person));
  kept.get("/second-factor");
  EXPECT_THAT(kept.location(), HasSubstr("/sign-in")) << "it has ended in every tab";
}

TEST_P(WithSecondFactors, AProgramCancelsByItsFlow) {
  sign_in(owner);
  set_up(owner);
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  const auto flow = text_at(program.answer(), {"authentication", "flow"});
  EXPECT_EQ(program.json("POST", "/api/auth/user/second_factor/cancel", {{"flow", flow}}).status(), 200);
  EXPECT_EQ(program.json("POST", "/api/auth/user/second_factor/cancel", {{"flow", flow}}).status(), 401);
  program.json("POST", "/api/auth/user/totp/verify", {{"user", {{"code", code()}}}, {"flow", flow}});
  EXPECT_EQ(program.status(), 401);
}

TEST_P(WithSecondFactors, ThePagesOfFactorsLeadToTheOne) {
  sign_in(owner);
  set_up(owner);
  owner.get("/totp-verify?return_to=%2Fprivate");
  EXPECT_THAT(owner.location(), HasSubstr("/second-factor?factor=totp&return_to=%2Fprivate"));
  EXPECT_TRUE(owner.form("totp/verify").has("user[code]"));
}

// Reset by mail, then a session that a password alone could not have: REC-01.
TEST_P(WithSecondFactors, ASetPasswordIsNoSecondFactorOfTheMailThatSetIt) {
  ask_for_reset(owner);
  choose(owner.get(app.mailed_path(ann)).form("password/reset"), other_password);
  ASSERT_TRUE(is_signed_in(owner));
  EXPECT_NE(owner.get("/billing").body(), "in");
}

TEST_P(WithSecondFactors, ALinkAndACodeAreOneFactor) {
  ask_for_link(owner);
  open_link(owner, app.mailed_path(ann));
  ask_for_code(owner);
  owner.form("otp/sign_in").fill("user[otp]", app.mailbox(ann).at(0).code).submit();
  ASSERT_TRUE(is_signed_in(owner));
  EXPECT_NE(owner.get("/billing").body(), "in");
}

TEST_P(WithSecondFactors, NoBrowserIsTrustedWhereThatIsNotOffered) {
  sign_in(owner);
  set_up(owner);
  sign_out(owner);
  sign_in(owner);
  EXPECT_THAT(owner.body(), Not(HasSubstr("trust_browser")));
  auto form = owner.form("totp/verify");
  owner.post(form.action(),
             {{"_csrf_token", form.value("_csrf_token")}, {"user[code]", code()}, {"trust_browser", "true"}});
  ASSERT_TRUE(is_signed_in(owner));
  sign_out(owner);
  sign_in(owner);
  EXPECT_FALSE(is_signed_in(owner));
}

}  // namespace
}  // namespace rowan::flows
