// What one return costs and tells, and what its answer always carries.
#include <rowan/strategies/remember_me/remember_me_fixture_for_tests.hpp>

namespace rowan::flows {
namespace {

class ComingBack : public Remembered {
 protected:
  ComingBack()
      : Remembered({}, [this](AuthOptions& auth) {
          auth.hooks.before_sign_in = [this](Transaction&, const Services&, const User&,
                                             const AuthEvent& event) -> Result<> {
            if (event.strategy != "remember_me") return {};
            ++asked;
            if (refuses) return Error{.code = ErrorCode::authentication_failed, .reason = "closed for today"};
            return {};
          };
          auth.hooks.on_event = [this](Transaction&, const Services&, const AuthEvent& event) -> Result<> {
            if (event.kind == AuthEvent::Kind::signed_in) last = event;
            return {};
          };
          auth.hooks.events = {AuthEvent::Kind::signed_in};
        }) {}
  std::atomic<int> asked{0};
  bool refuses = false;
  AuthEvent last{};
};
INSTANTIATE_TEST_SUITE_P(On, ComingBack, every_database(), name_of_database);

TEST_P(ComingBack, AnAnswerThatFailsCarriesTheNextSecret) {
  app.site().get("/broken", signed_in(app.auth(), [](Conn&, const Claims&) -> Response {
                   throw std::runtime_error("a fault of the application");
                 }));
  sign_in_to_stay(browser);
  goes_idle();
  EXPECT_EQ(browser.get("/broken").status(), 500);
  app.clock().advance(2min);
  EXPECT_TRUE(is_signed_in(browser));
  goes_idle();
  EXPECT_TRUE(is_signed_in(browser)) << "it is not taken for a thief";
  EXPECT_EQ(app.mailbox(ann).size(), 0U);
}

TEST_P(ComingBack, ARefusalIsNotRepeatedWithinARequest) {
  sign_in_to_stay(browser);
  goes_idle();
  refuses = true;
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(is_remembered(browser)) << "tomorrow it may be let in";
  refuses = false;
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(ComingBack, ABrowserWithoutADeviceIsANewOne) {  // THR-10
  sign_in_to_stay(browser);
  auto thief = copy_of(browser);
  thief.cookies().erase("__Host-rowan_device");
  goes_idle();
  ASSERT_TRUE(is_signed_in(thief));
  EXPECT_EQ(last.strategy, "remember_me");
  EXPECT_TRUE(last.new_device);
  EXPECT_TRUE(thief.cookies().contains("__Host-rowan_device")) << "it is known from now on";
}

TEST_P(ComingBack, TheOwnersBrowserIsNoNewOne) {
  sign_in_to_stay(browser);
  goes_idle();
  ASSERT_TRUE(is_signed_in(browser));
  EXPECT_EQ(last.strategy, "remember_me");
  EXPECT_FALSE(last.new_device);
}

TEST_P(ComingBack, WhoAsksAgainAndAgainGetsOneSession) {
  sign_in_to_stay(browser);
  goes_idle();
  ASSERT_TRUE(is_signed_in(browser));
  const auto before = sessions();
  for (int i = 0; i < 5; ++i) {
    browser.cookies().erase(std::string(session_cookie));
    EXPECT_TRUE(is_signed_in(browser)) << i;
  }
  EXPECT_EQ(sessions(), before);
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace rowan::flows
