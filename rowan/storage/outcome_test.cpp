// What a failed transaction means: it was rolled back, or its effect is unknown.
#include <sys/resource.h>

#include <csignal>
#include <rowan/base/try.hpp>
#include <rowan/storage/storage_fixture.hpp>
#include <rowan/testing/lost_commits.hpp>

namespace rowan::storage {
namespace {

using rowan::testing::LostCommits;

constexpr Sql insert{"INSERT INTO things (name, number) VALUES (:name, 0)"};

class Outcomes : public OnEveryDatabase {
 protected:
  std::int64_t count() { return number(Sql("SELECT count(*) FROM things")); }
  static Result<> add(Database& database, std::string_view name, int* after = nullptr) {
    return database.transact([&](Transaction& transaction) -> Result<> {
      if (after) transaction.after_commit([after] { ++*after; });
      ROWAN_CHECK(transaction.execute(insert, {{"name", name}}));
      return {};
    });
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, Outcomes, every_database(), name_of_database);

TEST_P(Outcomes, OfWorkThatFailsAreKnown) {
  const auto refused =
      database_->transact([](Transaction&) -> Result<> { return Error{.code = ErrorCode::forbidden, .reason = "no"}; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().effect, Effect::none);
  ASSERT_TRUE(add(*database_, "a"));
  const auto taken = add(*database_, "a");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().effect, Effect::none);
}

TEST_P(Outcomes, OfACommitThatTheDatabaseRefusesAreKnown) {
  const auto deferred = database_->transact([](Transaction& transaction) -> Result<> {
    constexpr Sql defer{"PRAGMA defer_foreign_keys = ON", "SET CONSTRAINTS ALL DEFERRED"};
    ROWAN_CHECK(transaction.execute(
        Sql("CREATE TABLE late (thing BIGINT REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED)")));
    ROWAN_CHECK(transaction.execute(defer));
    ROWAN_CHECK(transaction.execute(Sql("INSERT INTO late (thing) VALUES (4711)")));
    return {};
  });
  ASSERT_FALSE(deferred);
  EXPECT_THAT(deferred.error().reason, ::testing::HasSubstr("COMMIT"));
  EXPECT_EQ(deferred.error().effect, Effect::none);
  EXPECT_TRUE(add(*database_, "a")) << "the connection is free again";
}

TEST_P(Outcomes, AreUnknownWhenTheAnswerOfACommitIsLost) {
  LostCommits database(*database_);
  int after = 0;
  database.lose(2, LostCommits::When::after_it_was_done);
  EXPECT_TRUE(add(database, "a", &after));
  const auto done = add(database, "b", &after);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
  EXPECT_EQ(done.error().effect, Effect::unknown);
  EXPECT_EQ(count(), 2);
  database.lose(1, LostCommits::When::before_it_was_done);
  const auto lost = add(database, "c", &after);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().effect, Effect::unknown);
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(after, 1) << "what follows a commit does not follow one that nobody knows of";
  EXPECT_TRUE(add(database, "d", &after));
  EXPECT_EQ(after, 2);
  EXPECT_EQ(database.commits(), 4U);
  EXPECT_EQ(database.lost(), 2U);
}

TEST_P(Outcomes, OfAnOwnReaderAreOneSnapshot) {
  const auto reader = database_->own_reader();
  ASSERT_TRUE(add(*database_, "a"));
  const auto seen = reader->read([&](SqlConnection& connection) -> Result<std::int64_t> {
    ROWAN_TRY(const auto before, connection.first(Sql("SELECT count(*) AS count FROM things")));
    EXPECT_EQ(before->integer("count"), 1);
    EXPECT_TRUE(add(*database_, "b"));
    ROWAN_TRY(const auto after, connection.first(Sql("SELECT count(*) AS count FROM things")));
    return after->integer("count");
  });
  ASSERT_TRUE(seen) << seen.error().reason;
  EXPECT_EQ(*seen, 1);
  const auto later = reader->read(
      [&](SqlConnection& connection) { return connection.first(Sql("SELECT count(*) AS count FROM things")); });
  ASSERT_TRUE(later);
  EXPECT_EQ((*later)->integer("count"), 2);
}

TEST_P(Outcomes, OfAnOwnReaderDoNotWaitForThePool) {
  const auto small = open_database(database_.url(), {.pool_size = 1, .acquire_timeout = std::chrono::milliseconds(50)});
  const auto reader = small->own_reader();
  const auto held = small->read([&](SqlConnection&) -> Result<> {
    EXPECT_TRUE(reader->read([](SqlConnection& connection) { return connection.query(Sql("SELECT 1")); }));
    return {};
  });
  EXPECT_TRUE(held);
}

TEST_P(Outcomes, OfAnOwnReaderAreNeverPartial) {
  const auto reader = database_->own_reader();
  const auto half = reader->read([](SqlConnection& connection) -> Result<> {
    static_cast<void>(connection.query(Sql("SELECT * FROM there_is_none")));
    return {};
  });
  EXPECT_FALSE(half);
  EXPECT_FALSE(reader->read([](SqlConnection& connection) { return connection.execute(insert, {{"name", "x"}}); }));
  EXPECT_TRUE(reader->read([](SqlConnection& connection) { return connection.query(Sql("SELECT 1")); }));
}

#ifdef ROWAN_HAS_STORAGE_SQLITE
// A file that cannot grow stands for a disk that fails under the COMMIT.
TEST(SqliteOutcomes, AreUnknownWhenTheDiskFailsUnderTheCommit) {
  const rowan::testing::TemporaryDatabase place("sqlite");
  const auto database = open_database(place.url());
  const auto write = [&](const Sql& statement) {
    return database->transact([&](Transaction& transaction) { return transaction.execute(statement); });
  };
  ASSERT_TRUE(write(Sql("CREATE TABLE t (text TEXT)")));
  const auto wal = place.url().substr(std::string_view("sqlite:").size()) + "-wal";
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit full{.rlim_cur = std::filesystem::file_size(wal), .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const auto done = write(Sql("INSERT INTO t VALUES ('a')"));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
  EXPECT_EQ(done.error().effect, Effect::unknown) << done.error().reason;
  EXPECT_TRUE(write(Sql("INSERT INTO t VALUES ('b')"))) << "the connection goes on";
}
#endif

}  // namespace
}  // namespace rowan::storage
