// Browsers that their owner trusts.
#include "second_factor_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

}  // namespace
}  // namespace rowan::flows
