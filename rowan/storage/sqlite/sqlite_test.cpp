#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <rowan/base/config_error.hpp>
#include <rowan/base/try.hpp>
#include <rowan/testing/temporary_database.hpp>

namespace rowan::storage {
namespace {

using ::testing::HasSubstr;

class SqliteFile : public ::testing::Test {
 protected:
  SqliteFile() {
    auto pattern = (std::filesystem::temp_directory_path() / "rowan-sqlite-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SqliteFile() override { std::filesystem::remove_all(folder_); }
  std::string refusal(const std::string& url) {
    try {
      static_cast<void>(open_database(url));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  }
  std::string pragma(SqlConnection& connection, const Sql& statement, std::string_view column) {
    const auto rows = connection.query(statement);
    return rows ? rows->front().text_or(column, "") : rows.error().reason;
  }
  std::filesystem::path folder_{};
};

TEST_F(SqliteFile, IsMadeForItsOwnerAlone) {
  const auto path = (folder_ / "my data = 1.db").string();
  const auto database = open_database("sqlite:" + path);
  const auto done = database->transact([](Transaction& t) { return t.execute(Sql("CREATE TABLE t (id INTEGER)")); });
  ASSERT_TRUE(done) << done.error().reason;
  for (const auto& name : {path, path + "-wal", path + "-shm"}) {
    struct stat found{};
    ASSERT_EQ(::stat(name.c_str(), &found), 0) << name;
    EXPECT_EQ(found.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(SqliteFile, IsOpenedForDurableWritesAndHarmlessReads) {
  const auto database = open_database("sqlite:" + (folder_ / "a.db").string());
  const auto written = database->transact([&](Transaction& transaction) -> Result<> {
    auto& connection = transaction.connection();
    EXPECT_EQ(pragma(connection, Sql("PRAGMA journal_mode"), "journal_mode"), "wal");
    EXPECT_EQ(pragma(connection, Sql("PRAGMA synchronous"), "synchronous"), "2");
    EXPECT_EQ(pragma(connection, Sql("PRAGMA foreign_keys"), "foreign_keys"), "1");
    EXPECT_EQ(pragma(connection, Sql("PRAGMA query_only"), "query_only"), "0");
    EXPECT_EQ(pragma(connection, Sql("PRAGMA busy_timeout"), "timeout"), "5000");
    return {};
  });
  ASSERT_TRUE(written);
  const auto read = database->read([&](SqlConnection& connection) -> Result<> {
    EXPECT_EQ(pragma(connection, Sql("PRAGMA query_only"), "query_only"), "1");
    EXPECT_EQ(pragma(connection, Sql("PRAGMA wal_autocheckpoint"), "wal_autocheckpoint"), "0");
    return {};
  });
  ASSERT_TRUE(read);
}

TEST_F(SqliteFile, WaitsForTheDiskUnlessDurabilityIsSoon) {
  const auto database = open_database("sqlite:" + (folder_ / "a.db").string());
  const auto waits = [&](Durability durability) {
    const auto seen = database->transact(
        [&](Transaction& t) -> Result<std::string> {
          return pragma(t.connection(), Sql("PRAGMA synchronous"), "synchronous");
        },
        durability);
    return seen ? *seen : seen.error().reason;
  };
  EXPECT_EQ(waits(Durability::soon), "1");
  EXPECT_EQ(waits(Durability::on_disk), "2") << "the one connection is back at its promise";
  EXPECT_EQ(waits(Durability::soon), "1");
}

TEST_F(SqliteFile, KeepsItsLogShort) {
  const auto path = (folder_ / "a.db").string();
  const auto database = open_database("sqlite:" + path);
  const auto write = [&](const Sql& statement, SqlParams params = {}) {
    return database->transact([&](Transaction& t) { return t.execute(statement, params); }).has_value();
  };
  ASSERT_TRUE(write(Sql("CREATE TABLE t (text TEXT)")));
  const std::string pages(100'000, 'x');
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(write(Sql("INSERT INTO t VALUES (:text)"), {{"text", pages}}));
  EXPECT_LT(std::filesystem::file_size(path + "-wal"), 8u << 20) << "20 MB were written";
}

TEST_F(SqliteFile, IsWholeAfterItsLogWasMovedIn) {
  const auto path = (folder_ / "a.db").string();
  {
    const auto database = open_database("sqlite:" + path);
    const auto done = database->transact([](Transaction& t) -> Result<> {
      ROWAN_CHECK(t.execute(Sql("CREATE TABLE t (id INTEGER)")));
      ROWAN_CHECK(t.execute(Sql("INSERT INTO t VALUES (7)")));
      return {};
    });
    ASSERT_TRUE(done);
    ASSERT_TRUE(database->read([](SqlConnection& c) { return c.query(Sql("SELECT id FROM t")); }));
  }
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
  const auto again = open_database("sqlite:" + path);
  const auto rows = again->read([](SqlConnection& c) { return c.query(Sql("SELECT id FROM t")); });
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->front().integer("id"), 7);
}

TEST_F(SqliteFile, SurvivesASecondDatabaseOnItInOneProcess) {
  const auto url = "sqlite:" + (folder_ / "a.db").string();
  const auto first = open_database(url);
  const auto held = first->transact([&](Transaction& t) -> Result<> {
    ROWAN_CHECK(t.execute(Sql("CREATE TABLE t (id INTEGER)")));
    // Opening must not drop the lock that the first holds (closing any descriptor of the file would).
    const auto second = open_database(url, {.statement_timeout = std::chrono::milliseconds(50)});
    const auto refused =
        second->transact([](Transaction& other) { return other.execute(Sql("CREATE TABLE u (id INTEGER)")); });
    EXPECT_FALSE(refused);
    if (!refused) {
      EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    }
    return {};
  });
  EXPECT_TRUE(held) << held.error().reason;
}

TEST_F(SqliteFile, IsRefusedInOneLineWithAFix) {
  EXPECT_THAT(refusal("sqlite:"), HasSubstr("database: sqlite: needs the path of a file"));
  EXPECT_THAT(refusal("sqlite::memory:"), HasSubstr("name a file instead"));
  EXPECT_THAT(refusal("sqlite:" + (folder_ / "none/a.db").string()), HasSubstr("does not exist; make it first"));
  EXPECT_THAT(refusal("sqlite:" + folder_.string()), HasSubstr("is a folder; name a file in it"));
  EXPECT_THAT(refusal("sqlite:/proc/rowan.db"), HasSubstr("database: cannot make /proc/rowan.db"));
  EXPECT_THAT(refusal("sqlite:" + (folder_ / "a\".db").string()), HasSubstr("choose another name"));
  const auto other = (folder_ / "letter.txt").string();
  std::ofstream(other) << std::string(4096, 'A');
  EXPECT_THAT(refusal("sqlite:" + other), HasSubstr("must be a SQLite database"));
  for (const auto& url : {"sqlite:", "sqlite:/proc/rowan.db"}) EXPECT_EQ(refusal(url).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace rowan::storage
