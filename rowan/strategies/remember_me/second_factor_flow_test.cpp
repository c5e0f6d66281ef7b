// No second path: where an account has a second factor, a browser that is remembered is not enough.
#include <rowan/strategies/remember_me/remember_me_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

class RememberedWithSecondFactor : public Remembered {
 protected:
  RememberedWithSecondFactor()
      : Remembered({}, [this](AuthOptions& auth) {
          auth.hooks.factors = [this](SqlConnection&, const Services&,
                                      AccountId account) -> Result<std::vector<Factor>> {
            return account == has_factor ? named({"totp"}) : std::vector<Factor>();
          };
        }) {}
  AccountId has_factor{};
};
INSTANTIATE_TEST_SUITE_P(On, RememberedWithSecondFactor, every_database(), name_of_database);

TEST_P(RememberedWithSecondFactor, IsLedToSignInAndForgotten) {
  sign_in_to_stay(browser);
  auto copy = copy_of(browser);
  has_factor = (*app.find_user(ann))->id;
  goes_idle();
  const auto before = sessions();
  EXPECT_EQ(browser.get("/private").location().substr(0, 8), "/sign-in");
  EXPECT_EQ(sessions(), before);
  EXPECT_FALSE(is_remembered(browser)) << "the sign-in that comes next begins anew";
  EXPECT_EQ(rows(), 0);
  has_factor = {};
  EXPECT_FALSE(is_signed_in(copy));
}

TEST_P(RememberedWithSecondFactor, ASignInThatWaitsIsNotLostToWhoIsRemembered) {
  sign_in_to_stay(browser);
  has_factor = make_user(bob);
  goes_idle();
  sign_in(browser, bob);
  EXPECT_EQ(browser.get("/second-factor").location(), "/second-factor");
  EXPECT_EQ(browser.status(), 200) << browser.body();
  browser.form("second_factor/cancel");  // throws when it is not there
  const auto before = sessions();
  for (const auto* path : {"/second-factor", "/private", "/me", "/sign-in", "/account"}) browser.get(path);
  EXPECT_EQ(sessions(), before) << "Ann is not signed in by the way";
  browser.get("/second-factor").form("second_factor/cancel");
}

}  // namespace
}  // namespace rowan::flows
