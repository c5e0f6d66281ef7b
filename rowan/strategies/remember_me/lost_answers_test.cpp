// The answer of a COMMIT is lost, after it was done or before: for every COMMIT of a browser's return in turn.
#include <rowan/strategies/remember_me/remember_me_fixture_for_tests.hpp>
#include <rowan/testing/lost_commits.hpp>

namespace rowan::flows {
namespace {

using When = testing::LostCommits::When;

class LostAnswers : public Remembered {
 protected:
  LostAnswers()
      : Remembered({}, [this](AuthOptions& auth) {
          database_.emplace(*auth.database);
          auth.database = *database_;
        }) {}
  std::optional<testing::LostCommits> database_{};
};
INSTANTIATE_TEST_SUITE_P(On, LostAnswers, every_database(), name_of_database);

TEST_P(LostAnswers, SignNobodyOutAndAreNoTheft) {
  std::uint64_t met = 0;
  for (const auto when : {When::after_it_was_done, When::before_it_was_done})
    for (std::uint64_t nth = 1; nth <= 10; ++nth) {
      SCOPED_TRACE((when == When::after_it_was_done ? "done: " : "not done: ") + std::to_string(nth));
      auto visitor = app.browser();
      sign_in_to_stay(visitor);
      goes_idle();
      const auto lost = database_->lost();
      database_->lose(nth, when);
      const int status = visitor.get("/me").status();
      database_->lose(0, when);
      if (database_->lost() == lost) break;
      ++met;
      EXPECT_EQ(status, 503) << "nothing says that somebody is signed in who may not be";
      app.clock().advance(5s);
      EXPECT_TRUE(is_signed_in(visitor));
      goes_idle();
      EXPECT_TRUE(is_signed_in(visitor)) << "it goes on from there";
    }
  EXPECT_GE(met, 2U);
  EXPECT_EQ(app.mailbox(ann).size(), 0U);
}

// The answer with the next secret never reaches the browser.
TEST_P(LostAnswers, OnTheWayToTheBrowserAreRepeated) {
  sign_in_to_stay(browser);
  goes_idle();
  auto lost = copy_of(browser);
  ASSERT_TRUE(is_signed_in(lost));
  app.clock().advance(30s);
  EXPECT_TRUE(is_signed_in(browser));
  goes_idle();
  EXPECT_TRUE(is_signed_in(browser));
}

}  // namespace
}  // namespace rowan::flows
