#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <rowan/engine/administration/health_check.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/lost_commits.hpp>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <stdexcept>

namespace rowan::engine {
namespace {

/// Counts transactions, and holds them while it is told to.
class Held final : public Database {
 public:
  explicit Held(Database& inner) : inner_(&inner) {}
  Dialect dialect() const override { return inner_->dialect(); }
  void hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  std::atomic<int> transactions = 0;
  std::atomic<bool> throws = false;

 private:
  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
    return inner_->read([&](SqlConnection& connection) -> Result<> {
      work(connection);
      return {};
    });
  }
  Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) override {
    ++transactions;
    if (throws) throw std::runtime_error("by the test");
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !held_; });
    }
    return inner_->transact([&](Transaction& transaction) { return work(transaction); }, durability);
  }
  Database* inner_;
  std::mutex mutex_{};
  std::condition_variable changed_{};
  bool held_ = false;
};

class Health : public ::testing::TestWithParam<std::string> {
 protected:
  Health() {
    database_.migrate(embedded_migrations("accounts"));
    database_.migrate(embedded_migrations("engine"));
  }
  void execute(const Sql& statement) {
    const auto done = database_->transact([&](Transaction& transaction) { return transaction.execute(statement); });
    ASSERT_TRUE(done) << done.error().reason;
  }
  void a_second_passes() { clock_.advance(HealthCheck::good_for + std::chrono::milliseconds(1)); }

  rowan::testing::TemporaryDatabase database_{GetParam()};
  rowan::testing::FakeClock clock_{};
  Held held_{*database_};
  HealthCheck health_{held_, clock_};
};
INSTANTIATE_TEST_SUITE_P(Databases, Health, ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()),
                         [](const auto& kind) { return kind.param; });

TEST_P(Health, SaysWhetherAWriteSucceedsAndKeepsOneRow) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(health_.ask());
    a_second_passes();
  }
  EXPECT_EQ(held_.transactions, 3);
  static constexpr Sql count{"SELECT COUNT(*) FROM rowan_health"};
  EXPECT_EQ(testing::number_in(*database_, count), 1);
  execute(Sql("DROP TABLE rowan_health"));  // what was SELECT 1 would still succeed
  a_second_passes();
  EXPECT_FALSE(health_.ask());
}

TEST_P(Health, FailsWhenACommitFails) {
  using rowan::testing::LostCommits;
  LostCommits lossy(*database_);
  HealthCheck health(lossy, clock_);
  EXPECT_TRUE(health.ask());
  EXPECT_EQ(lossy.commits(), 1u);
  for (const auto when : {LostCommits::When::before_it_was_done, LostCommits::When::after_it_was_done}) {
    lossy.lose(1, when);
    a_second_passes();
    const auto answer = health.ask();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  }
  a_second_passes();
  EXPECT_TRUE(health.ask());
}

TEST_P(Health, FailsWhenTheQueryThrows) {
  held_.throws = true;
  const auto answer = health_.ask();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  held_.throws = false;
  a_second_passes();
  EXPECT_TRUE(health_.ask());
}

TEST_P(Health, QueriesTheDatabaseAtMostOnceASecond) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(health_.ask());
  EXPECT_EQ(held_.transactions, 1);
  a_second_passes();
  {
    std::vector<std::jthread> strangers;
    for (int i = 0; i < 20; ++i) strangers.emplace_back([&] { EXPECT_TRUE(health_.ask()); });
  }
  EXPECT_EQ(held_.transactions, 2);
}

TEST_P(Health, FailsWhileTheDatabaseHangsAndRecovers) {
  held_.hold(true);
  for (int i = 0; i < 3; ++i) {
    const auto answer = health_.ask();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  }
  EXPECT_EQ(held_.transactions, 1) << "they share one check that hangs";
  held_.hold(false);
  a_second_passes();
  while (!health_.ask()) a_second_passes();
  EXPECT_TRUE(health_.ask());
}

}  // namespace
}  // namespace rowan::engine
