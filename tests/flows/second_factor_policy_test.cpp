// Who must have a second factor.
#include "second_factor_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;

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

}  // namespace
}  // namespace rowan::flows
