#include <rowan/base/try.hpp>
#include <rowan/storage/storage_fixture.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <thread>

namespace rowan::storage {
namespace {

using namespace std::chrono_literals;

constexpr Sql remove_old = row_locking<R"sql(
  DELETE FROM things
  WHERE id IN (
    SELECT id
    FROM things
    WHERE consumed_at < :before
    LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;
constexpr Sql count_all{"SELECT COUNT(*) FROM things"};

// Every look at it takes a millisecond, and a sleep as long as it says.
class WalkingClock final : public Clock {
 public:
  Timestamp now() const override { return wall; }
  std::chrono::nanoseconds elapsed() const override { return elapsed_ += 1ms; }
  Timestamp wall = Timestamp(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1));
  mutable std::chrono::nanoseconds elapsed_{};
};

class NoSleep final : public Scheduler {
 public:
  std::unique_ptr<Task> every(std::chrono::nanoseconds, std::string, std::function<void()>) override { return nullptr; }
  void sleep_for(std::chrono::nanoseconds duration) override {
    slept += duration;
    if (meanwhile) meanwhile();
  }
  std::chrono::nanoseconds slept{};
  std::function<void()> meanwhile{};
};

class Sweeping : public OnEveryDatabase {
 protected:
  void make(int count, Timestamp time) {
    static constexpr Sql insert{
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < :count) "
        "INSERT INTO things (consumed_at) SELECT :time FROM c",
        "INSERT INTO things (consumed_at) SELECT :time FROM generate_series(1, :count)"};
    ASSERT_TRUE(run(insert, {{"count", count}, {"time", time}}));
  }
  WalkingClock clock_{};
  NoSleep scheduler_{};
};

TEST_P(Sweeping, RemovesOnlyRowsPastTheMarginInBatches) {
  make(2500, clock_.wall - 2h);
  make(7, clock_.wall - 1h);
  std::vector<std::int64_t> left;
  scheduler_.meanwhile = [&] {
    left.push_back(number(count_all));
    EXPECT_TRUE(run(Sql("INSERT INTO things (name) VALUES (:name)"), {{"name", std::to_string(left.size())}}))
        << "others write between the bits";
  };
  Sweep sweep(*database_, clock_, scheduler_, 1h);
  ASSERT_TRUE(sweep.remove(remove_old, 1h));
  EXPECT_TRUE(sweep.is_complete());
  EXPECT_EQ(sweep.removed(), 2500);
  EXPECT_EQ(left, (std::vector<std::int64_t>{1507, 508}));
  EXPECT_EQ(number(count_all), 9);
  EXPECT_GE(scheduler_.slept, 2ms);
}

TEST_P(Sweeping, StopsWhenOutOfTimeAndReportsIt) {
  make(4000, clock_.wall - 2h);
  Sweep sweep(*database_, clock_, scheduler_, 5ms);
  ASSERT_TRUE(sweep.remove(remove_old, 1h));
  EXPECT_FALSE(sweep.is_complete());
  EXPECT_GT(number(count_all), 0);
  EXPECT_GT(sweep.removed(), 0);
}

TEST_P(Sweeping, StopsAfterTheCurrentBatchWhenAsked) {
  make(4000, clock_.wall - 2h);
  std::atomic<bool> stop{false};
  scheduler_.meanwhile = [&] { stop = true; };
  Sweep sweep(*database_, clock_, scheduler_, 1h, &stop);
  ASSERT_TRUE(sweep.remove(remove_old, 1h));
  EXPECT_EQ(sweep.removed(), 1000);
  EXPECT_FALSE(sweep.is_complete());
  ASSERT_TRUE(sweep.remove(remove_old, 1h));
  EXPECT_EQ(number(count_all), 3000) << "and begins no other";
}

TEST_P(Sweeping, RepeatsABatchUntilDoneOrOutOfTime) {
  make(3, clock_.wall);
  const auto remove_one = [](Transaction& transaction) -> Result<bool> {
    auto gone = transaction.execute(Sql("DELETE FROM things WHERE id = (SELECT MIN(id) FROM things)"));
    if (!gone) return std::move(gone).error();
    return *gone > 0;
  };
  int pauses = 0;
  scheduler_.meanwhile = [&] { ++pauses; };
  Sweep sweep(*database_, clock_, scheduler_, 1h);
  ASSERT_TRUE(sweep.repeat(remove_one));
  EXPECT_EQ(number(count_all), 0);
  EXPECT_EQ(pauses, 3);
  EXPECT_TRUE(sweep.is_complete());
  make(3, clock_.wall);
  std::atomic<bool> stop{false};
  scheduler_.meanwhile = [&] { stop = true; };
  Sweep stopped(*database_, clock_, scheduler_, 1h, &stop);
  ASSERT_TRUE(stopped.repeat(remove_one));
  EXPECT_EQ(number(count_all), 2);
  EXPECT_FALSE(stopped.is_complete());
}

TEST_P(Sweeping, RemovesNothingByAClockThatRunsAheadOfTheDatabases) {
  if (GetParam() == "sqlite") GTEST_SKIP() << "SQLite has no clock but ours";
  make(3, system_clock().now() + std::chrono::days(1));
  clock_.wall = system_clock().now() + std::chrono::days(14);
  Sweep sweep(*database_, clock_, scheduler_, 1h);
  ASSERT_TRUE(sweep.remove(remove_old, 1h));
  EXPECT_EQ(number(count_all), 3);
}

TEST_P(Sweeping, RowsOfNumbersAreReadOneByOne) {
  for (const auto& statement : {Sql("INSERT INTO things (name, number) VALUES ('a', 7)"),
                                Sql("INSERT INTO things (name, number) VALUES ('b', NULL)")})
    ASSERT_TRUE(run(statement));
  std::vector<std::vector<std::int64_t>> seen;
  const auto read = database_->read([&](SqlConnection& connection) {
    return connection.each(Sql("SELECT number, :more FROM things ORDER BY name",
                               "SELECT number, CAST(:more AS bigint) FROM things ORDER BY name"),
                           {{"more", std::int64_t{1} << 62}},
                           [&](std::span<const std::int64_t> row) { seen.emplace_back(row.begin(), row.end()); });
  });
  ASSERT_TRUE(read) << read.error().reason;
  const auto large = std::int64_t{1} << 62;
  EXPECT_EQ(seen, (std::vector<std::vector<std::int64_t>>{{7, large}, {0, large}}));
}

INSTANTIATE_TEST_SUITE_P(Databases, Sweeping, every_database(), name_of_database);

}  // namespace
}  // namespace rowan::storage
