#include <gtest/gtest.h>

#include <rowan/add_ons/audit_log/ids.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <set>
#include <thread>

namespace rowan::add_ons::audit_log {
namespace {

using namespace std::chrono_literals;

TEST(AuditIds, AreOrderedAlsoWhenTheClockStandsStill) {
  testing::FakeClock clock;
  Ids ids;
  auto last = ids.next(clock, system_random());
  for (int i = 0; i < 5000; ++i) {
    auto next = ids.next(clock, system_random());
    ASSERT_LT(last, next);
    last = std::move(next);
  }
}

TEST(AuditIds, StayOrderedWhenTheClockIsSetBackALittle) {
  testing::FakeClock clock;
  Ids ids;
  const auto before = ids.next(clock, system_random());
  clock.advance(-500ms);
  EXPECT_LT(before, ids.next(clock, system_random()));
}

// An hour in the future for good would put every row of the next hour into the wrong place.
TEST(AuditIds, FollowTheClockWhenItIsSetBackByMore) {
  testing::FakeClock clock;
  Ids ids;
  const auto ahead = ids.next(clock, system_random());
  clock.advance(-1h);
  EXPECT_GT(ahead, ids.next(clock, system_random()));
}

TEST(AuditIds, LieBetweenTheBoundsOfTheirTime) {
  testing::FakeClock clock;
  Ids ids;
  const auto id = ids.next(clock, system_random());
  EXPECT_LE(first_id_at(clock.now()), id);
  EXPECT_GT(first_id_at(clock.now() + 1ms), id);
  EXPECT_LT(first_id_at(clock.now() - 1us), id);
  EXPECT_TRUE(Uuid::parse(id));
  EXPECT_EQ(id[14], '7');
}

TEST(AuditIds, DifferAmongThreads) {
  testing::FakeClock clock;
  Ids ids;
  std::array<std::vector<std::string>, 4> made;
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made)
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) mine.push_back(ids.next(clock, system_random()));
      });
  }
  std::set<std::string> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 4000U);
}

}  // namespace
}  // namespace rowan::add_ons::audit_log
