// Whoever ends a session does not want its browser back: rooms active_sessions and remember_me together.
#include <tests/flows/flow.hpp>

namespace rowan::flows {
namespace {

class EndedBrowser : public ::testing::TestWithParam<std::string> {
 protected:
  explicit EndedBrowser(ActiveSessionsOptions options = {})
      : app{{.database = GetParam(),
             .strategies = {rowan::password(), rowan::remember_me()},
             .add_ons = {rowan::active_sessions(options)},
             .adjust = [](AuthOptions& auth) { auth.limits_enabled = false; }}} {
    id = make_user(app);
  }
  void goes_idle() {
    app.clock().advance(std::chrono::days(2));
    app.deliver();
  }

  testing::TestApp app;
  AccountId id{};
  Browser browser = app.browser(), other = app.browser();
};
INSTANTIATE_TEST_SUITE_P(On, EndedBrowser, every_database(), name_of_database);

TEST_P(EndedBrowser, IsNotSignedInAgainWhenItsSessionWasEndedElsewhere) {
  sign_in_to_stay(browser);
  sign_in_to_stay(other);
  app.clock().advance(std::chrono::seconds(1));
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  program.json("GET", "/api/auth/user/sessions");
  ASSERT_EQ(program.status(), 200) << program.body();
  const auto sessions = program.answer().find("sessions");
  ASSERT_TRUE(sessions) << program.body();
  int ended = 0;
  for (const auto& session : sessions->items())
    if (text_at(session, {"kind"}) == "session")
      ended += program.json("DELETE", "/api/auth/user/sessions/" + text_at(session, {"id"})).status() == 200;
  EXPECT_EQ(ended, 2);
  EXPECT_FALSE(is_signed_in(browser));
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(other));
}

TEST_P(EndedBrowser, IsNotSignedInAgainWhenAnAdministratorEndedIt) {
  sign_in_to_stay(browser);
  sign_in_to_stay(other);
  const auto all = app.auth().sessions(id);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2U);
  for (const auto& session : *all) ASSERT_TRUE(app.auth().end_session(id, session.id));
  goes_idle();
  EXPECT_FALSE(is_signed_in(browser));
  sign_in_to_stay(other);
  ASSERT_TRUE(app.auth().revoke_all(id, RevokeWhich{.purposes = {RevokeWhich::Purpose::session}}));
  goes_idle();
  EXPECT_FALSE(is_signed_in(other));
}

class EndedByTheNext : public EndedBrowser {
 protected:
  EndedByTheNext() : EndedBrowser({.max_sessions = 1}) {}
};
INSTANTIATE_TEST_SUITE_P(On, EndedByTheNext, every_database(), name_of_database);

TEST_P(EndedByTheNext, ABrowserThatHadToGoDoesNotComeBackByItself) {
  sign_in_to_stay(browser);
  app.clock().advance(std::chrono::seconds(1));
  sign_in_to_stay(other);
  EXPECT_FALSE(is_signed_in(browser));
  goes_idle();
  EXPECT_TRUE(is_signed_in(other));
  EXPECT_FALSE(is_signed_in(browser));
}

TEST_P(EndedByTheNext, TwoTabsOfARememberedBrowserDoNotEndEachOther) {
  sign_in_to_stay(browser);
  goes_idle();
  auto tab = app.browser();
  tab.cookies() = browser.cookies();
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_TRUE(is_signed_in(tab));
  EXPECT_TRUE(is_signed_in(browser));
}

}  // namespace
}  // namespace rowan::flows
