// Who is signed in is not asked to sign in: the pages for that lead on.
#include "flow.hpp"

namespace rowan::flows {
namespace {

class LedOn : public OnEveryDatabase {};
INSTANTIATE_TEST_SUITE_P(On, LedOn, every_database(), name_of_database);

TEST_P(LedOn, WhoIsSignedInComesToWhereTheyWanted) {
  auto browser = app.browser();
  register_in(browser);
  EXPECT_EQ(browser.get("/sign-in").location(), "/");
  EXPECT_EQ(browser.get("/register").location(), "/");
  EXPECT_EQ(browser.get("/sign-in?return_to=/private").location(), "/private");
  EXPECT_EQ(browser.get("/sign-in?return_to=https://evil.example/").location(), "/");
  EXPECT_EQ(browser.get("/reset").location(), "/reset") << "a new password can be asked for";
  sign_out(browser);
  EXPECT_EQ(browser.get("/sign-in").location(), "/sign-in");
}

TEST_P(LedOn, VisitorsAreAnsweredWithoutAThread) {
  auto browser = app.browser();
  EXPECT_EQ(browser.get("/sign-in").status(), 200);
  EXPECT_FALSE(browser.took_a_thread());
}

TEST_P(LedOn, WhoHasToSignInOnceMoreIsNot) {
  auto browser = app.browser();
  register_in(browser);
  EXPECT_EQ(browser.get("/sign-in?prompt=login").location(), "/sign-in?prompt=login");
}

TEST_P(LedOn, AnAccountThatIsGoneIsNotSentInCircles) {
  auto browser = app.browser();
  register_in(browser);
  ASSERT_TRUE(app.database().transact([](Transaction& transaction) -> Result<> {
    auto done = transaction.execute(Sql{"UPDATE rowan_accounts SET disabled_at = 1"}, {});
    return done ? Result<>() : Result<>(std::move(done).error());
  }));
  app.clock().advance(std::chrono::minutes(1));
  app.deliver();
  EXPECT_EQ(browser.get("/private").location().substr(0, 8), "/sign-in");
  EXPECT_EQ(browser.status(), 200);
}

}  // namespace
}  // namespace rowan::flows
