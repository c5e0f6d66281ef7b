#include <rowan/base/config_error.hpp>
#include <rowan/storage/storage_fixture.hpp>
#include <thread>

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
  return {.id = std::move(id), .sqlite = text, .postgres = text};
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
