#include <rowan/testing/lost_commits.hpp>
#include <rowan/tokens/tokens_fixture_for_tests.hpp>

namespace rowan::tokens {
namespace {

using namespace for_tests;
using State = Revocation::State;

class NumbersOn : public TokensOn {
 protected:
  void move_back_to(std::int64_t next) {
    run("UPDATE rowan_numbers SET next = :next WHERE name = 'tokens'", {{"next", next}});
  }
  std::int64_t next() { return number("SELECT next FROM rowan_numbers WHERE name = 'tokens'"); }
};

Result<> lost() { return Error{.code = ErrorCode::unavailable, .effect = Effect::unknown}; }
Result<> rolled_back() { return Error{.code = ErrorCode::unavailable}; }

TEST_P(NumbersOn, AreReturnedOnlyWhenCertainlyUnused) {
  Numbers numbers(*database_);
  const auto after = [&](const auto& ending) {
    auto lease = *NumberLease::take(numbers);
    ending(lease);
    return *numbers.take() == lease.number();
  };
  EXPECT_TRUE(after([](NumberLease& lease) { lease.settle(rolled_back()); }));
  EXPECT_TRUE(after([](NumberLease& lease) { lease.settle(Result<>(), false); })) << "committed without it";
  EXPECT_FALSE(after([](NumberLease& lease) { lease.settle(Result<>()); }));
  EXPECT_FALSE(after([](NumberLease& lease) { lease.settle(lost()); })) << "its COMMIT may have been done";
  EXPECT_FALSE(after([](NumberLease& lease) { lease.settle(lost(), false); }));
  EXPECT_FALSE(after([](NumberLease&) {})) << "who says nothing loses it";
  EXPECT_FALSE(after([](NumberLease& lease) {
    lease.settle(Result<>());
    lease.settle(rolled_back());
  })) << "the first word counts";
}

TEST_P(NumbersOn, OfABlockWhoseCommitWasLostAreNotGivenOut) {
  rowan::testing::LostCommits database(*database_);
  Numbers numbers(database);
  database.lose(1, rowan::testing::LostCommits::When::after_it_was_done);
  EXPECT_FALSE(numbers.take());
  EXPECT_EQ(*numbers.take(), 257);
}

TEST_P(NumbersOn, AreNotGivenTwiceByANodeThatOutlivesARestoredBackup) {
  const auto here = node();
  std::int64_t last = 0;
  for (int i = 0; i < 256; ++i) last = *here->numbers.take();
  move_back_to(1);
  EXPECT_GT(*here->numbers.take(), last) << "before any look";
}

TEST_P(NumbersOn, AdvanceAtTheFirstReadAfterARestoredBackup) {
  const auto here = node(), there = node();
  auto lease = *NumberLease::take(there->numbers);
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(here->numbers.take());
  for (const auto& one : {here.get(), there.get()}) ASSERT_TRUE(one->revocation.poll());
  const auto before = next();
  move_back_to(5);
  ASSERT_TRUE(there->revocation.poll());
  EXPECT_EQ(next(), before);
  EXPECT_EQ(there->logger.count("numbers_went_back"), 1U);
  EXPECT_GE(*there->numbers.take(), before) << "what it held is dropped";
  lease.settle(rolled_back());
  EXPECT_GE(*there->numbers.take(), before) << "and what comes back";
  ASSERT_TRUE(there->revocation.poll());
  EXPECT_EQ(there->logger.count("numbers_went_back"), 1U);
}

TEST_P(NumbersOn, ThatWereNeverGivenOutAreRefusedAfterALookAndTheLogSaysWhatToDo) {
  const auto here = node(), there = node();
  for (const auto& one : {here.get(), there.get()}) ASSERT_TRUE(one->revocation.poll());
  const auto issued = *there->numbers.take();
  EXPECT_EQ(state(*there, issued), State::alive) << "the node that gave it out knows";
  EXPECT_EQ(state(*here, issued), State::not_issued) << "another looks again";
  EXPECT_EQ(settled(*here, issued), State::alive);
  EXPECT_EQ(here->logger.count("after-restore"), 0U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(settled(*here, 5000), State::not_issued);
  }
  EXPECT_EQ(here->revocation.state({1, 5000, 0}, 1s), State::not_issued) << "an account's generation is one of them";
  EXPECT_EQ(here->logger.count("after-restore"), 1U);
}

TEST_P(NumbersOn, BelowTheFloorAreRefused) {
  const auto here = node();
  const auto old = *here->numbers.take();
  ASSERT_TRUE(here->revocation.poll());
  EXPECT_EQ(state(*here, old), State::alive);
  run("UPDATE rowan_numbers SET next = 1000000, floor = 1000000 WHERE name = 'tokens'");
  ASSERT_TRUE(here->revocation.poll());
  EXPECT_EQ(state(*here, old), State::dead);
  EXPECT_EQ(settled(*here, old), State::dead);
  EXPECT_EQ(settled(*node(), old), State::dead) << "a node that starts now";
  const auto fresh = *here->numbers.take();
  EXPECT_GE(fresh, 1000000);
  EXPECT_EQ(state(*here, fresh), State::alive);
  EXPECT_EQ(here->revocation.state({fresh, old, 0}, 1s), State::alive) << "accounts keep their generation";
}

INSTANTIATE_TEST_SUITE_P(Databases, NumbersOn, every_database(), name_of_database);

}  // namespace
}  // namespace rowan::tokens
