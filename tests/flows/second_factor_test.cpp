// What the engine does with second factors, whichever they are: the page that asks, step-up, the policy, trusted
// browsers.
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/totp_code.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::totp_code;

std::string key_on(const Browser& browser) {
  const std::string begin = "<code class=\"key\">";
  const auto at = browser.body().find(begin);
  if (at == std::string::npos) {
    ADD_FAILURE() << browser.body();
    return {};
  }
  return browser.body().substr(at + begin.size(), browser.body().find('<', at + begin.size()) - at - begin.size());
}

class WithSecondFactors : public ::testing::TestWithParam<std::string> {
 protected:
  explicit WithSecondFactors(SecondFactorPolicy policy = {})
      : app{{.database = GetParam(),
             .strategies = {rowan::password(), rowan::magic_link(), rowan::otp(), rowan::totp()},
             .adjust = [&](AuthOptions& options) { options.second_factor = policy; }}} {
    NewUser user;
    user.email = ann;
    user.password = Secret::from_text(password);
    user.confirmed = true;
    const auto made = app.auth().create_user(user);
    if (!made) throw std::runtime_error(made.error().reason);
    id = made->id;
    auto& site = app.site();
    const auto in = [](Conn& conn, const Claims&) { return conn.text("in"); };
    site.get("/billing", signed_in(app.auth(), {.second_factor = true, .within = 10min}, in));
    site.post("/billing", signed_in(app.auth(), {.second_factor = true, .within = 10min}, in));
    site.get("/recent", signed_in(app.auth(), {.within = 10min}, in));
    site.get("/passkeys", signed_in(app.auth(), {.phishing_resistant = true}, in));
    site.get("/api/billing", session_or_bearer(app.auth(), {.second_factor = true, .within = 10min}, in));
  }
  std::string code() { return totp_code(secret, app.clock()); }
  void next_code() { app.clock().advance(30s); }
  void set_up(Browser& browser) {
    browser.get("/account").form("totp/setup").fill("user[current_password]", password).submit();
    secret = key_on(browser);
    browser.form("totp/confirm_setup").fill("user[code]", code()).submit();
    ASSERT_EQ(browser.status(), 200) << browser.body();
    next_code();
  }
  Browser& enter(Browser& browser) { return browser.form("totp/verify").fill("user[code]", code()).submit(); }
  std::int64_t number(const Sql& statement) { return testing::number_in(app.database(), statement); }

  testing::TestApp app;
  Browser owner = app.browser();
  AccountId id{};
  std::string secret{};
};
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

// --- "This was not me" ---

TEST_P(WithSecondFactors, AnAddedFactorIsTakenBackByTheReaderOfTheMail) {
  sign_in(owner);
  set_up(owner);
  const auto path = app.mailed_path(ann);
  auto reader = app.browser();
  reader.get(path);
  EXPECT_TRUE(reader.says("An authenticator app was added to your account.")) << reader.body();
  EXPECT_EQ(reader.header("Referrer-Policy"), "no-referrer");
  EXPECT_TRUE(is_signed_in(owner)) << "looking changes nothing";
  reader.form("second_factor/undo").submit();
  EXPECT_TRUE(reader.says("The change was taken back")) << reader.body();
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_TRUE(app.auth().factors(id)->empty());
  sign_in(reader);
  EXPECT_TRUE(is_signed_in(reader));
  auto again = app.browser();
  EXPECT_EQ(again.get(path).status(), 401) << "once";
}

TEST_P(WithSecondFactors, ARemovedFactorComesBackWithItsSeedAndWithoutItsUsedCodes) {
  sign_in(owner);
  set_up(owner);
  app.clock().advance(11min);
  owner.get("/account").form("totp/remove").submit();
  enter(owner);
  owner.get("/account").form("totp/remove").submit();
  ASSERT_TRUE(app.auth().factors(id)->empty()) << owner.body();
  auto reader = app.browser();
  reader.get(app.mailed_path(ann)).form("second_factor/undo").submit();
  EXPECT_TRUE(reader.says("The change was taken back")) << reader.body();
  EXPECT_FALSE(is_signed_in(owner));
  sign_in(owner);
  auto kept = owner;
  enter(owner);
  EXPECT_FALSE(is_signed_in(owner)) << "the code by which it was removed";
  next_code();
  enter(kept);
  EXPECT_TRUE(is_signed_in(kept)) << kept.body();
}

TEST_P(WithSecondFactors, EachChangeIsTakenBackByItsOwnLink) {
  sign_in(owner);
  set_up(owner);
  const auto of_first = app.mailed_path(ann);
  owner.get("/account").form("totp/setup").submit();
  const auto second = key_on(owner);
  owner.form("totp/confirm_setup").fill("user[code]", totp_code(second, app.clock())).submit();
  ASSERT_EQ(app.auth().factors(id)->size(), 2U) << owner.body();
  const auto of_second = app.mailed_path(ann);
  auto reader = app.browser();
  reader.get(of_second).form("second_factor/undo").submit();
  ASSERT_EQ(app.auth().factors(id)->size(), 1U);
  reader.get(of_first).form("second_factor/undo").submit();
  EXPECT_TRUE(app.auth().factors(id)->empty()) << reader.body();
}

TEST_P(WithSecondFactors, ALinkToUndoEndsAfterTwoDaysAndWithTheAccount) {
  sign_in(owner);
  set_up(owner);
  const auto path = app.mailed_path(ann);
  auto reader = app.browser();
  app.clock().advance(std::chrono::days(2) - 31s);
  EXPECT_EQ(reader.get(path).status(), 200);
  app.clock().advance(1s);
  EXPECT_EQ(reader.get(path).status(), 401);
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(number(Sql("SELECT count(*) FROM rowan_links WHERE purpose = 'undo_factor'")), 0);
}

// --- Administration ---

TEST_P(WithSecondFactors, AnAdministratorSeesThemAndTakesThemAway) {  // REC-11
  EXPECT_TRUE(app.auth().factors(id)->empty());
  sign_in(owner);
  set_up(owner);
  const auto factors = app.auth().factors(id);
  ASSERT_TRUE(factors) << factors.error().reason;
  ASSERT_EQ(factors->size(), 1U);
  EXPECT_EQ(factors->front().strategy, "totp");
  EXPECT_TRUE(factors->front().created_at);
  ASSERT_TRUE(app.auth().reset_factors(id));
  EXPECT_TRUE(app.auth().factors(id)->empty());
  EXPECT_FALSE(is_signed_in(owner)) << "every session ends";
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("second step"));
  const auto mails = app.mailbox(ann).size();
  ASSERT_TRUE(app.auth().reset_factors(id));
  EXPECT_EQ(app.mailbox(ann).size(), mails) << "it is so already";
  sign_in(owner);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(app.auth().factors(AccountId::make(app.clock(), app.random())).error().code, ErrorCode::not_found);
  EXPECT_EQ(app.auth().reset_factors(AccountId::make(app.clock(), app.random())).error().code, ErrorCode::not_found);
}

// --- The policy ---

class WhereOneIsRequired : public WithSecondFactors {
 protected:
  WhereOneIsRequired()
      : WithSecondFactors({.required = [](const User& user) { return user.email.starts_with("ann@"); },
                           .grace = std::chrono::days(7)}) {
    app.clock().advance(std::chrono::days(7));
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, WhereOneIsRequired, every_database(), name_of_database);

TEST_P(WhereOneIsRequired, ASignInLeadsThroughTheSetUp) {  // MFA-14
  owner.get("/sign-in?return_to=%2Fprivate");
  owner.form("password/sign_in").fill("user[email]", ann).fill("user[password]", password).submit();
  EXPECT_EQ(owner.location(), "/second-factor");
  EXPECT_TRUE(owner.says("Your account needs a second step")) << owner.body();
  EXPECT_FALSE(is_signed_in(owner));
  EXPECT_EQ(number(Sql("SELECT count(*) FROM rowan_tokens")), 0);
  owner.get("/totp-setup").form("totp/setup").submit();
  secret = key_on(owner);
  owner.form("totp/confirm_setup").fill("user[code]", "000000").submit();
  EXPECT_EQ(owner.status(), 422);
  auto meanwhile = owner;
  EXPECT_FALSE(is_signed_in(meanwhile));
  owner.form("totp/confirm_setup").fill("user[code]", code()).submit();
  EXPECT_EQ(owner.location(), "/private") << owner.body();
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_EQ(owner.get("/billing").body(), "in");
}

TEST_P(WhereOneIsRequired, AProgramSetsItUpWithItsFlow) {
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_EQ(program.status(), 401);
  EXPECT_THAT(program.body(), HasSubstr(R"("factors":[],"set_up":["totp"])"));
  const auto flow = text_at(program.answer(), {"authentication", "flow"});
  EXPECT_EQ(program.json("POST", "/api/auth/user/totp/setup", {{"user", Json({})}}).status(), 401);
  program.json("POST", "/api/auth/user/totp/setup", {{"user", Json({})}, {"flow", flow}});
  ASSERT_EQ(program.status(), 200) << program.body();
}

TEST_P(WhereOneIsRequired, AWaitingSignInCanDoNothingElse) {  // MFA-14: every route
  owner.get("/sign-in");
  sign_in(owner);
  for (const auto* path : {"/private", "/account", "/billing"})
    EXPECT_THAT(owner.get(path).location(), HasSubstr("/sign-in")) << path;
  EXPECT_EQ(owner.get("/me").status(), 401);
}

TEST_P(WhereOneIsRequired, OthersAndThoseInTheirGraceGoOnWithout) {
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  EXPECT_TRUE(is_signed_in(bob));
  auto later = app.browser();
  app.clock().advance(std::chrono::days(8));
  sign_in(later, "bob@notes.example");
  EXPECT_TRUE(is_signed_in(later));
  auto another = app.browser();
  register_in(another, "ann@other.example");
  EXPECT_TRUE(is_signed_in(another)) << "seven days from the registration";
  app.clock().advance(std::chrono::days(7));
  auto then = app.browser();
  sign_in(then, "ann@other.example");
  EXPECT_FALSE(is_signed_in(then));
}

TEST(ASecondFactorThatIsRequired, HasToBeOneThatCanBeSetUp) {
  try {
    testing::TestApp app(
        {.adjust = [](AuthOptions& options) { options.second_factor.required = [](const User&) { return true; }; }});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("second_factor.required"));
  }
}

TEST(TheEnginesOwnNames, AreNotGivenToOthers) {
  try {
    testing::TestApp app({.strategies = {Strategy{.name = "browsers"}}});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"browsers\" is taken"));
  }
}

// --- Browsers that are trusted ---

class WhereBrowsersAreTrusted : public WithSecondFactors {
 protected:
  WhereBrowsersAreTrusted() : WithSecondFactors({.trust_browsers = std::chrono::days(30)}) {
    sign_in(owner);
    set_up(owner);
    sign_out(owner);
  }
  /// Signs in with the code and says not to ask again here.
  void trust(Browser& browser) {
    sign_in(browser);
    browser.form("totp/verify").fill("user[code]", code()).tick("trust_browser").submit();
    ASSERT_TRUE(is_signed_in(browser)) << browser.body();
    next_code();
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, WhereBrowsersAreTrusted, every_database(), name_of_database);

TEST_P(WhereBrowsersAreTrusted, ATrustedBrowserIsNotAskedUntilThatEnds) {  // MFA-17
  trust(owner);
  EXPECT_EQ(owner.get("/billing").body(), "in");
  sign_out(owner);
  sign_in(owner);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_NE(owner.get("/billing").body(), "in") << "it signs in, and shows no second factor";
  auto other = app.browser();
  sign_in(other);
  EXPECT_FALSE(is_signed_in(other));
  sign_out(owner);
  app.clock().advance(std::chrono::days(30));
  sign_in(owner);
  EXPECT_FALSE(is_signed_in(owner));
}

TEST_P(WhereBrowsersAreTrusted, TrustIsOfOneAccount) {
  trust(owner);
  sign_out(owner);
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  const auto anns = secret;
  set_up(bob);
  bob.cookies()["__Host-rowan_device"] = owner.cookies()["__Host-rowan_device"];
  sign_out(bob);
  sign_in(bob, "bob@notes.example");
  EXPECT_FALSE(is_signed_in(bob));
}

TEST_P(WhereBrowsersAreTrusted, TrustEndsWithAChangeOfAnyCredential) {  // MFA-17
  trust(owner);
  owner.get("/account")
      .form("password/change")
      .fill("user[current_password]", password)
      .fill("user[password]", other_password)
      .fill("user[password_confirmation]", other_password)
      .submit();
  ASSERT_TRUE(is_signed_in(owner)) << owner.body();
  sign_out(owner);
  sign_in(owner, ann, other_password);
  EXPECT_FALSE(is_signed_in(owner));
}

TEST_P(WhereBrowsersAreTrusted, TheOwnerSeesThemAndTakesTheTrustAway) {
  trust(owner);
  owner.get("/account");
  EXPECT_TRUE(owner.says("Browsers you trust")) << owner.body();
  owner.form("browsers/forget").submit();
  EXPECT_TRUE(owner.says("The browser is no longer trusted")) << owner.body();
  EXPECT_THAT(owner.get("/account").body(), Not(HasSubstr("Browsers you trust")));
  sign_out(owner);
  sign_in(owner);
  EXPECT_FALSE(is_signed_in(owner));
}

TEST_P(WhereBrowsersAreTrusted, AProgramListsThemAndNoOneElsesCanBeTakenAway) {
  trust(owner);
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.json("POST", "/api/auth/user/totp/verify",
               {{"user", {{"code", code()}}}, {"flow", text_at(program.answer(), {"authentication", "flow"})}});
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  program.json("GET", "/api/auth/user/browsers", Json({}));
  ASSERT_EQ(program.status(), 200) << program.body();
  const auto browsers = program.answer().find("browsers");
  ASSERT_TRUE(browsers && browsers->items().size() == 1U) << program.body();
  const auto its_id = text_at(browsers->items().front(), {"id"});
  auto bob = app.browser();
  bob.json("POST", "/api/auth/user/password/register", registration("bob@notes.example"));
  bob.bearer(text_at(bob.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(bob.json("DELETE", "/api/auth/user/browsers/" + its_id, Json({})).status(), 404);
  EXPECT_EQ(program.json("DELETE", "/api/auth/user/browsers/" + its_id, Json({})).status(), 200);
  EXPECT_EQ(program.json("DELETE", "/api/auth/user/browsers/" + its_id, Json({})).status(), 404);
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
