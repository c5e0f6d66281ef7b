#include <atomic>
#include <barrier>
#include <rowan/base/try.hpp>
#include <rowan/storage/storage_fixture.hpp>
#include <rowan/testing/number_in.hpp>
#include <thread>

namespace rowan::storage {
namespace {

using std::chrono::milliseconds;

class Transactions : public OnEveryDatabase {
 protected:
  std::int64_t count() { return number(Sql("SELECT count(*) FROM things")); }
};
INSTANTIATE_TEST_SUITE_P(Databases, Transactions, every_database(), name_of_database);

constexpr Sql insert_zero{"INSERT INTO things (name, number) VALUES (:name, 0)"};
const Error refusal{.code = ErrorCode::forbidden, .reason = "no"};

TEST_P(Transactions, KeepNothingWhenTheWorkReturnsAnError) {
  const auto refused = database_->transact([](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(insert_zero, {{"name", "a"}}));
    return refusal;
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(run(insert_zero, {{"name", "a"}}));
  EXPECT_EQ(count(), 1);
}

TEST_P(Transactions, RollBackAndPassOnAnException) {
  const auto throwing = [&] {
    return database_->transact([](Transaction& transaction) -> Result<> {
      ROWAN_CHECK(transaction.execute(insert_zero, {{"name", "a"}}));
      throw std::out_of_range("broken");
    });
  };
  EXPECT_THROW(static_cast<void>(throwing()), std::out_of_range);
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(run(insert_zero, {{"name", "a"}})) << "the connection is free again";
}

TEST_P(Transactions, RunBeforeCommitInsideAndAfterCommitOutside) {
  std::vector<std::string> order;
  const auto done = database_->transact([&](Transaction& transaction) -> Result<> {
    transaction.after_commit([&] {
      order.push_back("after, seen by others: " + std::to_string(count()));
      EXPECT_TRUE(run(insert_zero, {{"name", "from after_commit"}})) << "the writer is free";
    });
    transaction.before_commit([&](Transaction& inside) -> Result<> {
      order.push_back("before 1");
      inside.before_commit([&](Transaction&) -> Result<> {
        order.push_back("before 2");
        return {};
      });
      ROWAN_CHECK(inside.execute(insert_zero, {{"name", "from before_commit"}}));
      return {};
    });
    order.emplace_back("work");
    ROWAN_CHECK(transaction.execute(insert_zero, {{"name", "from work"}}));
    return {};
  });
  ASSERT_TRUE(done) << done.error().reason;
  EXPECT_THAT(order, ::testing::ElementsAre("work", "before 1", "before 2", "after, seen by others: 2"));
  EXPECT_EQ(count(), 3);
}

TEST_P(Transactions, RollBackWhenBeforeCommitFails) {
  bool after = false;
  const auto refused = database_->transact([&](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(insert_zero, {{"name", "a"}}));
    transaction.before_commit([](Transaction&) -> Result<> { return refusal; });
    transaction.after_commit([&] { after = true; });
    return {};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_FALSE(after);
  EXPECT_EQ(count(), 0);
}

TEST_P(Transactions, LoseNoUpdateAmongManyThreads) {
  constexpr int threads = 16;
  constexpr int each = 25;
  ASSERT_TRUE(run(insert_zero, {{"name", "counter"}}));
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        for (int n = 0; n < each; ++n)
          failures += !run(Sql("UPDATE things SET number = number + 1 WHERE name = 'counter'"));
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(number(Sql("SELECT number FROM things WHERE name = 'counter'")), threads * each);
}

TEST_P(Transactions, LetOneOfManyCallersConsumeAThing) {
  constexpr int callers = 100;
  ASSERT_TRUE(run(insert_zero, {{"name", "link"}}));
  const auto patient = open_database(database_.url(), {.acquire_timeout = std::chrono::seconds(30)});
  std::atomic<int> winners = 0;
  std::atomic<int> failures = 0;
  {
    std::barrier together(callers);
    std::vector<std::jthread> workers;
    for (int i = 0; i < callers; ++i) {
      workers.emplace_back([&] {
        together.arrive_and_wait();
        const auto consumed = patient->transact([](Transaction& transaction) {
          return transaction.first(
              Sql("UPDATE things SET consumed_at = 1 WHERE name = 'link' AND consumed_at IS NULL RETURNING id"));
        });
        if (!consumed) {
          ++failures;
        } else {
          winners += consumed->has_value();
        }
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(winners, 1);
}

TEST_P(Transactions, SayUnavailableWhenNoConnectionBecomesFree) {
  const auto small = open_database(database_.url(), {.pool_size = 1, .acquire_timeout = milliseconds(50)});
  const auto expect_refused = [](const auto& refused) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  };
  const auto select = [&] { return small->read([](SqlConnection& c) { return c.query(Sql("SELECT 1")); }); };
  const auto write = [&] {
    return small->transact([](Transaction& t) { return t.execute(insert_zero, {{"name", "a"}}); });
  };
  const auto reading = small->read([&](SqlConnection&) -> Result<> {
    expect_refused(select());
    return {};
  });
  const auto writing = small->transact([&](Transaction&) -> Result<> {
    expect_refused(write());
    return {};
  });
  EXPECT_TRUE(reading && writing);
  EXPECT_TRUE(select());
  EXPECT_TRUE(write());
}

TEST_P(Transactions, SayUnavailableWhenALockIsNotFreed) {
  ASSERT_TRUE(run(insert_zero, {{"name", "a"}}));
  const auto other = open_database(database_.url(), {.statement_timeout = milliseconds(200)});
  const auto held = database_->transact([&](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(Sql("UPDATE things SET number = 1 WHERE name = 'a'")));
    const auto refused = other->transact(
        [](Transaction& second) { return second.execute(Sql("UPDATE things SET number = 2 WHERE name = 'a'")); });
    EXPECT_FALSE(refused);
    if (!refused) {
      EXPECT_EQ(refused.error().code, ErrorCode::unavailable) << refused.error().reason;
    }
    return {};
  });
  ASSERT_TRUE(held);
  EXPECT_EQ(number(Sql("SELECT number FROM things")), 1);
}

TEST_P(Transactions, AreAnErrorWhenTheWorkEndedThemItself) {
  const auto done = database_->transact([&](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(insert_zero, {{"name", "a"}}));
    ROWAN_CHECK(transaction.execute(Sql("ROLLBACK")));
    const auto loose = transaction.execute(insert_zero, {{"name", "b"}});
    EXPECT_FALSE(loose) << "it would be committed by itself";
    return {};
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(count(), 0);
  EXPECT_TRUE(run(insert_zero, {{"name", "c"}}));
}

TEST_P(Transactions, BegunByHandWhileReadingEndWithTheReading) {
  const auto small = open_database(database_.url(), {.pool_size = 1});
  const auto seen = [&] { return testing::number_in(*small, Sql("SELECT count(*) FROM things")); };
  ASSERT_TRUE(small->read([](SqlConnection& connection) -> Result<> {
    constexpr Sql begin{"BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ"};
    ROWAN_CHECK(connection.execute(begin));
    ROWAN_CHECK(connection.query(Sql("SELECT count(*) FROM things")));
    return {};
  }));
  ASSERT_TRUE(run(insert_zero, {{"name", "a"}}));
  EXPECT_EQ(seen(), 1);
}

TEST_P(Transactions, WaitForEachOtherWhenTheyReadWhatTheyChange) {
  // Read, then write: on SQLite this fails without BEGIN IMMEDIATE, on PostgreSQL it needs the row's lock.
  constexpr int threads = 8;
  ASSERT_TRUE(run(insert_zero, {{"name", "counter"}}));
  const auto node = open_database(database_.url());  // another one: within a node SQLite's writers queue anyway
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i) {
      workers.emplace_back([&, i] {
        auto& database = i % 2 == 0 ? *database_ : *node;
        const auto done = database.transact([](Transaction& transaction) -> Result<> {
          constexpr Sql lock = row_locking<"SELECT number FROM things WHERE name = 'counter' FOR NO KEY UPDATE">;
          ROWAN_TRY(const auto row, transaction.first(lock));
          ROWAN_CHECK(transaction.execute(Sql("UPDATE things SET number = :n"), {{"n", row->integer("number") + 1}}));
          return {};
        });
        failures += !done;
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(number(Sql("SELECT number FROM things")), threads);
}

}  // namespace
}  // namespace rowan::storage
