#include <fstream>
#include <map>
#include <rowan/base/config_error.hpp>
#include <rowan/storage/storage_fixture.hpp>
#include <set>
#include <sstream>
#include <thread>

namespace rowan::embedded {
extern const EmbeddedFile migration_files[];  // written by the build from */migrations/*.sql
extern const std::size_t migration_files_count;
}  // namespace rowan::embedded

namespace rowan::storage {
namespace {

class Migrations : public ::testing::TestWithParam<std::string> {
 protected:
  bool has_table(const Sql& select) {
    return database_->read([&](SqlConnection& connection) { return connection.query(select); }).has_value();
  }
  rowan::testing::TemporaryDatabase database_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Databases, Migrations, every_database(), name_of_database);

Migration same(std::string id, std::string_view text) {
  return {.id = std::move(id), .sqlite = std::string(text), .postgres = std::string(text)};
}
std::vector<Migration> two() {
  return {same("a/0001_first", "CREATE TABLE first (id BIGINT); -- it's one\nCREATE INDEX first_id ON first (id);"),
          same("a/0002_second", "CREATE TABLE second (id BIGINT); INSERT INTO second VALUES (1), (2);")};
}

TEST_P(Migrations, ApplyWhatIsMissingInOrderAndOnlyOnce) {
  auto all = two();
  ASSERT_THAT(*migrate(*database_, std::span(all).first(1), Timestamp()), ::testing::ElementsAre("a/0001_first"));
  const auto states = migration_states(*database_, all);
  ASSERT_TRUE(states);
  EXPECT_TRUE((*states)[0].applied);
  EXPECT_FALSE((*states)[1].applied);
  ASSERT_THAT(*migrate(*database_, all, Timestamp()), ::testing::ElementsAre("a/0002_second"));
  ASSERT_THAT(*migrate(*database_, all, Timestamp()), ::testing::IsEmpty());
  EXPECT_TRUE(has_table(Sql("SELECT * FROM second")));
}

TEST_P(Migrations, TellTheirStateWithoutCreatingAnything) {
  const auto states = migration_states(*database_, two());
  ASSERT_TRUE(states) << states.error().reason;
  EXPECT_EQ(states->size(), 2u);
  EXPECT_FALSE(states->front().applied);
  EXPECT_FALSE(has_table(Sql("SELECT * FROM rowan_migrations")));
}

TEST_P(Migrations, RefuseAFileChangedAfterItWasAppliedBeforeTheyApplyMore) {
  auto all = two();
  ASSERT_TRUE(migrate(*database_, std::span(all).first(1), Timestamp()));
  all[0].sqlite = all[0].postgres = "CREATE TABLE first (id BIGINT, name TEXT);";
  std::swap(all[0], all[1]);
  const auto refused = migrate(*database_, all, Timestamp());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::internal);
  EXPECT_THAT(refused.error().reason, ::testing::HasSubstr("a/0001_first was changed"));
  EXPECT_FALSE(has_table(Sql("SELECT * FROM second")));
}

TEST_P(Migrations, LeaveNothingOfOneThatFails) {
  const std::vector<Migration> broken{
      same("a/0001_broken", "CREATE TABLE first (id BIGINT); INSERT INTO nothing VALUES (1);")};
  const auto failed = migrate(*database_, broken, Timestamp());
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().reason, ::testing::StartsWith("migration a/0001_broken: "));
  EXPECT_FALSE(has_table(Sql("SELECT * FROM first")));
  EXPECT_FALSE(migration_states(*database_, broken)->front().applied);
}

TEST_P(Migrations, RefuseOneThatCommitsByItself) {
  const std::vector<Migration> loose{same("a/0001_loose", "CREATE TABLE first (id BIGINT); COMMIT;")};
  EXPECT_FALSE(migrate(*database_, loose, Timestamp()));
  EXPECT_FALSE(migration_states(*database_, loose)->front().applied);
}

TEST_P(Migrations, RunOnceWhenNodesStartTogether) {
  constexpr std::size_t nodes = 6;
  const auto all = two();
  std::vector<std::optional<Result<std::vector<std::string>>>> results(nodes);
  {
    std::vector<std::jthread> starts;
    for (auto& result : results) {
      starts.emplace_back([&] {
        const auto node = open_database(database_.url());
        result.emplace(migrate(*node, all, Timestamp()));
      });
    }
  }
  std::vector<std::string> applied;
  for (const auto& result : results) {
    ASSERT_TRUE(*result) << result->error().reason;
    applied.insert(applied.end(), (*result)->begin(), (*result)->end());
  }
  EXPECT_THAT(applied, ::testing::UnorderedElementsAre("a/0001_first", "a/0002_second"));
  const auto rows = database_->read([](SqlConnection& c) { return c.query(Sql("SELECT * FROM second")); });
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 2u);
}

TEST(MigrationFiles, OfAFolderWithoutAnyAreNone) { EXPECT_TRUE(embedded_migrations("no/such/folder").empty()); }

TEST(MigrationFiles, AreFoundByFolderAndSortedByNumber) {
  const std::vector<EmbeddedFile> files{{"strategies/password/migrations/0002_more.postgres.sql", "P2"},
                                        {"strategies/password/migrations/0010_last.sql", "B10"},
                                        {"strategies/password/migrations/0002_more.sqlite.sql", "S2"},
                                        {"strategies/password/migrations/0001_passwords.sql", "B1"},
                                        {"strategies/password_extra/migrations/0001_other.sql", "X"}};
  const auto found = migrations_in("strategies/password", files);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].id, "password/0001_passwords");
  EXPECT_EQ(found[1].id, "password/0002_more");
  EXPECT_EQ(found[1].text(Dialect::sqlite), "S2");
  EXPECT_EQ(found[1].text(Dialect::postgres), "P2");
  EXPECT_EQ(found[2].text(Dialect::sqlite), "B10");
  EXPECT_EQ(found[2].text(Dialect::postgres), "B10");
  EXPECT_EQ(migrations_in("strategies/password_extra", files).front().id, "password_extra/0001_other");
}

TEST(MigrationFiles, OfBothDatabasesNameTheTypeOfAnId) {
  const std::vector<EmbeddedFile> files{
      {"club/migrations/0001_badges.sql", "CREATE TABLE b (a {{uuid}} NOT NULL, c {{uuid}}); -- {{name}} {uuid}}"},
      {"club/migrations/0002_own.sqlite.sql", "SELECT '{{uuid}}'"},
      {"club/migrations/0002_own.postgres.sql", "SELECT '{{uuid}}' AS a"}};
  const auto found = migrations_in("club", files);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].sqlite, "CREATE TABLE b (a TEXT NOT NULL, c TEXT); -- {{name}} {uuid}}");
  EXPECT_EQ(found[0].postgres, "CREATE TABLE b (a uuid NOT NULL, c uuid); -- {{name}} {uuid}}");
  EXPECT_EQ(found[1].sqlite, "SELECT '{{uuid}}'");
  EXPECT_EQ(found[1].postgres, "SELECT '{{uuid}}' AS a");
}

// Databases in the field hold what a folder's `migrations/released` lists: a text that changes by one byte is refused
// there.
struct Released {
  std::string sqlite{}, postgres{};
};
std::map<std::string, Released> released_in(const std::string& folder) {
  std::map<std::string, Released> released;
  std::ifstream file(ROWAN_SOURCE_FOLDER "/" + folder + "/migrations/released");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    Released sums;
    if (words >> name >> sums.sqlite >> sums.postgres) released.emplace(name, sums);
  }
  return released;
}

std::set<std::string> folders_with_migrations() {
  std::set<std::string> folders;
  for (const auto& file : std::span(embedded::migration_files, embedded::migration_files_count)) {
    const std::string_view name = file.name;
    folders.emplace(name.substr(0, name.find("/migrations/")));
  }
  return folders;
}

TEST(MigrationFiles, AreByteForByteWhatWasReleased) {
  std::size_t pinned = 0;
  for (const auto& folder : folders_with_migrations()) {
    auto released = released_in(folder);
    for (const auto& migration : embedded_migrations(folder)) {
      const auto name = migration.id.substr(migration.id.find('/') + 1);
      const auto sqlite = checksum_of(migration.sqlite), postgres = checksum_of(migration.postgres);
      const auto old = released.find(name);
      if (old == released.end()) {
        ADD_FAILURE() << "a new one: add this line, which is for ever, to rowan/" << folder << "/migrations/released\n"
                      << name << " " << sqlite << " " << postgres;
        continue;
      }
      ++pinned;
      EXPECT_EQ(sqlite, old->second.sqlite) << migration.id;
      EXPECT_EQ(postgres, old->second.postgres) << migration.id;
      released.erase(old);
    }
    for (const auto& [name, sums] : released) ADD_FAILURE() << folder << "/migrations/" << name << " is gone";
  }
  EXPECT_GT(pinned, 20u);
}

TEST_P(Migrations, OfAnEarlierReleaseAreTakenForTheSame) {
  const auto all = embedded_migrations("accounts");
  ASSERT_TRUE(migrate(*database_, all, Timestamp()));
  const auto old = released_in("accounts").at("0001_accounts");
  static constexpr Sql set{"UPDATE rowan_migrations SET checksum = :checksum WHERE id = :id"};
  const auto checksum = GetParam() == "sqlite" ? old.sqlite : old.postgres;
  ASSERT_TRUE(database_->transact([&](Transaction& transaction) {
    return transaction.execute(set, {{"id", "accounts/0001_accounts"}, {"checksum", checksum}});
  }));
  const auto again = migrate(*database_, all, Timestamp());
  ASSERT_TRUE(again) << again.error().reason;
  EXPECT_THAT(*again, ::testing::IsEmpty());
}

TEST(MigrationFiles, AreRefusedWhenMisnamedIncompleteOrNumberedTwice) {
  const auto refused = [](std::vector<EmbeddedFile> files) { EXPECT_THROW(migrations_in("a", files), ConfigError); };
  refused({{"a/migrations/first.sql", "B"}});
  refused({{"a/migrations/0001_first.txt", "B"}});
  refused({{"a/migrations/0001_first.mysql.sql.bak", "B"}});
  refused({{"a/migrations/0001_first.sqlite.sql", "S"}});
  refused({{"a/migrations/0001_first.sql", "B"}, {"a/migrations/0001_second.sql", "B"}});
}

}  // namespace
}  // namespace rowan::storage
