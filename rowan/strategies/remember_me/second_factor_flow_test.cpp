// No second path: where an account has a second factor, a browser that is remembered is not enough.
#include <rowan/strategies/remember_me/remember_me_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

class RememberedWithSecondFactor : public Remembered {
 protected:
  RememberedWithSecondFactor()
      : Remembered({}, [this](AuthOptions& auth) {
          auth.hooks.factors = [this](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
            return has_factor ? named({"totp"}) : std::vector<Factor>();
          };
        }) {}
  bool has_factor = false;
};
INSTANTIATE_TEST_SUITE_P(On, RememberedWithSecondFactor, every_database(), name_of_database);

TEST_P(RememberedWithSecondFactor, IsLedToSignInAndNothingIsUsedUp) {
  sign_in_to_stay(browser);
  const auto kept = browser.cookies()[std::string(remember_cookie)];
  has_factor = true;
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(browser.get("/private").location().substr(0, 8), "/sign-in");
  EXPECT_EQ(browser.cookies()[std::string(remember_cookie)], kept);
  has_factor = false;
  EXPECT_TRUE(is_signed_in(browser));
}

}  // namespace
}  // namespace rowan::flows
