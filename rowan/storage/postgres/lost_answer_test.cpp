// The connection breaks during a transaction. Before the COMMIT was sent nothing was done; after that it is unknown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <barrier>
#include <functional>
#include <rowan/base/try.hpp>
#include <rowan/storage/postgres/relay_for_tests.hpp>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <thread>

namespace rowan::storage {
namespace {

using for_tests::Relay;
using Loss = Relay::Loss;

// Of the protocol: with the NUL that ends a query, or READ COMMITTED would do.
const std::string commit("COMMIT\0", 7);

class ThroughARelay : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::getenv("ROWAN_TEST_POSTGRES")) GTEST_SKIP() << "run by scripts/with-postgres";
    server_.emplace("postgres");
    relay_.emplace(for_tests::port_of(server_->url()));
    database_ = open_database(for_tests::through(*relay_, server_->url()));
    const auto made = (*server_)->transact(
        [](Transaction& transaction) { return transaction.execute(Sql("CREATE TABLE t (name text)")); });
    ASSERT_TRUE(made) << made.error().reason;
  }
  Result<> add(std::string_view name) {
    return database_->transact([&](Transaction& transaction) -> Result<> {
      ++runs_;
      ROWAN_CHECK(transaction.execute(Sql("INSERT INTO t (name) VALUES (:name)"), {{"name", name}}));
      return {};
    });
  }
  std::int64_t count() { return rowan::testing::number_in(**server_, Sql("SELECT count(*) FROM t")); }

  std::optional<rowan::testing::TemporaryDatabase> server_{};
  std::optional<Relay> relay_{};
  std::unique_ptr<Database> database_{};
  int runs_ = 0;
};

TEST_F(ThroughARelay, ACommitWhoseAnswerIsLostHasAnUnknownEffect) {
  ASSERT_TRUE(add("a"));
  relay_->lose_next(commit, Loss::of_the_answer);
  const auto done = add("b");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
  EXPECT_EQ(done.error().effect, Effect::unknown);
  EXPECT_EQ(count(), 2) << "it was done";
  EXPECT_EQ(runs_, 2) << "never run again: it would be done twice";
  relay_->lose_next(commit, Loss::of_the_message);
  const auto lost = add("c");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().effect, Effect::unknown) << "nobody here can tell it from the other";
  EXPECT_EQ(count(), 2);
  EXPECT_TRUE(add("d")) << "on a new connection";
}

TEST_F(ThroughARelay, WhatBreaksBeforeItsCommitIsRunAgain) {
  ASSERT_TRUE(add("a"));
  runs_ = 0;
  relay_->lose_next("mark-1", Loss::of_the_answer);
  EXPECT_TRUE(add("mark-1"));
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(count(), 2) << "nothing was done twice";
  relay_->lose_next("BEGIN", Loss::of_the_message);
  EXPECT_TRUE(add("c"));
  EXPECT_EQ(count(), 3);
  EXPECT_EQ(relay_->lost(), 2);
}

TEST_F(ThroughARelay, AReadThatFindsItsConnectionBrokenRunsOnceMore) {
  constexpr Sql count{"SELECT count(*) FROM t WHERE name <> :name"};
  int runs = 0;
  const auto read = [&](std::string_view name) {
    return database_->read([&](SqlConnection& connection) {
      ++runs;
      return connection.first(count, {{"name", name}});
    });
  };
  ASSERT_TRUE(read("x"));
  relay_->lose_next("mark-1", Loss::of_the_answer);
  EXPECT_TRUE(read("mark-1"));
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(relay_->lost(), 1);
}

TEST_F(ThroughARelay, AFrozenServerIsGivenUpOnAndServesAgainWhenItGoesOn) {
  database_ = open_database(
      for_tests::through(*relay_, server_->url()),
      {.statement_timeout = std::chrono::milliseconds(300), .connect_timeout = std::chrono::milliseconds(500)});
  ASSERT_TRUE(add("a"));
  const auto reader = database_->own_reader();
  const auto look = [](SqlConnection& connection) { return connection.query(Sql("SELECT count(*) FROM t")); };
  ASSERT_TRUE(reader->read(look));
  ASSERT_TRUE(database_->read(look));
  relay_->freeze();
  const auto began = std::chrono::steady_clock::now();
  const auto read = database_->read(look);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unavailable);
  const auto written = add("b");  // on a new connection, which is never made
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::unavailable);
  EXPECT_EQ(written.error().effect, Effect::none);
  const auto own = reader->read(look);
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, ErrorCode::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(60)) << "not as long as the server pleases";
  relay_->thaw();
  EXPECT_TRUE(add("c"));
  EXPECT_TRUE(reader->read(look));
  EXPECT_EQ(count(), 2);
}

// Each of them has a prepared statement, and libpq would wait for the answer to its DEALLOCATE.
TEST_F(ThroughARelay, ConnectionsToAFrozenServerAreDroppedWithoutSendingAnything) {
  constexpr unsigned idle = 4;
  const auto open = [&] {
    auto database = open_database(for_tests::through(*relay_, server_->url()),
                                  {.pool_size = idle, .statement_timeout = std::chrono::milliseconds(300)});
    std::barrier all(idle);
    std::vector<std::jthread> readers;
    for (unsigned i = 0; i < idle; ++i) {
      readers.emplace_back([&] {
        bool waited = false;
        const auto read = database->read([&](SqlConnection& connection) {
          auto rows = connection.query(Sql("SELECT count(*) FROM t"));
          if (!std::exchange(waited, true)) all.arrive_and_wait();
          return rows;
        });
        EXPECT_TRUE(read);
      });
    }
    readers.clear();
    return database;
  };
  auto asked = open();
  auto unasked = open();
  auto reader = unasked->own_reader();
  const auto look = [](SqlConnection& connection) { return connection.query(Sql("SELECT count(*) FROM t")); };
  ASSERT_TRUE(reader->read(look));
  relay_->freeze();
  const auto began = std::chrono::steady_clock::now();
  const auto read = asked->read(look);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unavailable);
  asked.reset();
  reader.reset();
  unasked.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  relay_->thaw();
}

// The address leads to another server now, and what was connected to the old one hangs: one wait is enough.
TEST_F(ThroughARelay, OneSilentConnectionIsEnoughToLeaveAllThatLeadThere) {
  constexpr unsigned idle = 4;
  const auto write = [](Database& database, const std::function<void()>& meanwhile) {
    return database.transact([&](Transaction& transaction) -> Result<> {
      ROWAN_CHECK(transaction.execute(Sql("INSERT INTO t (name) VALUES ('x')")));
      meanwhile();
      return {};
    });
  };
  const auto read = [](Database& database, const std::function<void()>& meanwhile) {
    return database.read([&](SqlConnection& connection) -> Result<> {
      ROWAN_TRY(const auto row, connection.first(Sql("SELECT count(*) FROM t")));
      meanwhile();
      return {};
    });
  };
  for (const auto& use : {std::function<Result<>(Database&, const std::function<void()>&)>(write),
                          std::function<Result<>(Database&, const std::function<void()>&)>(read)}) {
    const auto database = open_database(for_tests::through(*relay_, server_->url()),
                                        {.pool_size = idle, .statement_timeout = std::chrono::milliseconds(300)});
    std::barrier all(idle);
    std::vector<std::jthread> users;
    for (unsigned i = 0; i < idle; ++i)
      users.emplace_back([&] {
        bool waited = false;
        EXPECT_TRUE(use(*database, [&] {
          if (!std::exchange(waited, true)) all.arrive_and_wait();
        }));
      });
    users.clear();
    relay_->silence();
    EXPECT_FALSE(use(*database, [] {})) << "nobody could know";
    for (unsigned i = 1; i < idle; ++i) EXPECT_TRUE(use(*database, [] {})) << "it was known by then";
  }
}

TEST_F(ThroughARelay, ACommitThatIsNeverAnsweredHasAnUnknownEffect) {
  database_ =
      open_database(for_tests::through(*relay_, server_->url()), {.statement_timeout = std::chrono::milliseconds(300)});
  ASSERT_TRUE(add("a"));
  relay_->lose_next(commit, Loss::of_the_answer_for_long);
  const auto done = add("b");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().effect, Effect::unknown);
  EXPECT_EQ(done.error().reason, "no answer in time: COMMIT");
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(count(), 2);
}

// From within: it knows neither the greeting's number nor the statements of the session it is given.
TEST_F(ThroughARelay, AStatementThatTheServerDoesNotKnowIsPreparedNoMore) {
  ASSERT_TRUE(add("a"));
  static_cast<void>(database_->transact([](Transaction& transaction) -> Result<> {
    return transaction.execute(Sql("DEALLOCATE ALL")) ? Result<>() : Error{.code = ErrorCode::internal};
  }));
  EXPECT_TRUE(add("b"));
  const auto prepared = database_->read([](SqlConnection& connection) {
    return connection.first(Sql("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''"));
  });
  ASSERT_TRUE(prepared) << prepared.error().reason;
  EXPECT_EQ((*prepared)->integer("count"), 0);
  EXPECT_EQ(count(), 2);
}

}  // namespace
}  // namespace rowan::storage
