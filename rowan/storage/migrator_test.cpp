#include <map>
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

// Databases in the field hold these: a text that changes by one byte is refused there.
struct Pinned {
  std::string_view folder, id, sqlite, postgres;
};
constexpr Pinned released[] = {
    {"accounts", "accounts/0001_accounts", "10590105983627755754-1224", "12253136005217178994-1224"},
    {"accounts", "accounts/0002_lists_of_accounts", "1265662540931886305-425", "1265662540931886305-425"},
    {"accounts", "accounts/0003_lists_of_accounts_by_state", "4216705057109331314-335", "4216705057109331314-335"},
    {"accounts", "accounts/0004_lists_of_accounts_by_state_again", "12045433126968523638-270",
     "12045433126968523638-270"},
    {"engine", "engine/0001_flows", "4456447256017244928-740", "15634551418965992140-740"},
    {"engine", "engine/0002_health", "4453057790406289460-175", "4453057790406289460-175"},
    {"engine", "engine/0003_flows_of_an_account", "16421244895615368223-182", "16421244895615368223-182"},
    {"mail", "mail/0001_outbox", "18126279240816738693-898", "18126279240816738693-898"},
    {"mail", "mail/0002_outbox_scope", "8541810219937027255-337", "8541810219937027255-337"},
    {"mail", "mail/0003_outbox_withheld", "4537676545347735693-326", "4537676545347735693-326"},
    {"mail", "mail/0004_lists_of_mails_by_state", "15076967259148743288-340", "15076967259148743288-340"},
    {"protection", "protection/0001_rate_limits", "7555981014366700478-287", "7555981014366700478-287"},
    {"strategies/password", "password/0001_passwords", "1334791780544463016-215", "14014995011818285476-215"},
    {"strategies/totp", "totp/0001_totp", "10774263883221188846-1190", "9654127881734006-1190"},
    {"tokens", "tokens/0001_tokens", "12299043207757004239-2570", "6776176030295601095-2570"},
    {"tokens", "tokens/0002_codes", "10346426474850470774-1157", "5208343792924978594-1157"},
    {"tokens", "tokens/0003_feed_marks", "6742806563428439146-466", "6742806563428439146-466"},
    {"tokens", "tokens/0004_revocations_by_number", "13582545169219045075-197", "13582545169219045075-197"},
    {"tokens", "tokens/0010_devices", "11597307917513978056-641", "15326179627150090300-641"},
    {"tokens", "tokens/0011_tokens_of_an_account", "3033726994253795581-209", "3033726994253795581-209"},
    {"tokens", "tokens/0012_tokens_of_an_account_again", "10402526960219381189-98", "10402526960219381189-98"},
    {"tokens", "tokens/0013_closed_accounts", "15022362991180039039-284", "4909812795605464667-284"}};

TEST(MigrationFiles, OfTheSpineAreByteForByteWhatWasApplied) {
  std::map<std::string_view, std::vector<Migration>> folders;
  std::size_t pinned = 0;
  for (const auto& old : released) {
    auto [folder, is_new] = folders.try_emplace(old.folder);
    if (is_new) folder->second = embedded_migrations(old.folder);
    for (const auto& migration : folder->second) {
      if (migration.id != old.id) continue;
      ++pinned;
      EXPECT_EQ(checksum_of(migration.sqlite), old.sqlite) << old.id;
      EXPECT_EQ(checksum_of(migration.postgres), old.postgres) << old.id;
    }
  }
  std::size_t all = 0;
  for (const auto& [name, migrations] : folders) all += migrations.size();
  EXPECT_EQ(pinned, std::size(released)) << "one is gone";
  EXPECT_EQ(all, pinned) << "a new one: add its line, which is for ever";
}

TEST_P(Migrations, OfAnEarlierReleaseAreTakenForTheSame) {
  const auto all = embedded_migrations("accounts");
  ASSERT_TRUE(migrate(*database_, all, Timestamp()));
  const auto& old = released[0];
  static constexpr Sql set{"UPDATE rowan_migrations SET checksum = :checksum WHERE id = :id"};
  const auto checksum = GetParam() == "sqlite" ? old.sqlite : old.postgres;
  ASSERT_TRUE(database_->transact(
      [&](Transaction& transaction) { return transaction.execute(set, {{"id", old.id}, {"checksum", checksum}}); }));
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
