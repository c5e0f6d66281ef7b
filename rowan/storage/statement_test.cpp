#include <limits>
#include <rowan/storage/connection.hpp>
#include <rowan/storage/storage_fixture.hpp>

namespace rowan::storage {
namespace {

class Statements : public OnEveryDatabase {};
INSTANTIATE_TEST_SUITE_P(Databases, Statements, every_database(), name_of_database);

constexpr Sql insert_numbered{"INSERT INTO things (name, number) VALUES (:name, :number)"};

TEST(SqlTexts, LoseTheirRowLockOnSqlite) {
  constexpr Sql claim = row_locking<R"sql(
    UPDATE things
    SET number = 1
    WHERE id = (SELECT id FROM things LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING id
  )sql">;
  EXPECT_EQ(claim.text(Dialect::postgres),
            "UPDATE things\n    SET number = 1\n"
            "    WHERE id = (SELECT id FROM things LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)\n    RETURNING id");
  std::string without(claim.text(Dialect::postgres));
  const std::string_view lock = "FOR NO KEY UPDATE SKIP LOCKED";
  without.replace(without.find(lock), lock.size(), std::string(lock.size(), ' '));
  EXPECT_EQ(claim.text(Dialect::sqlite), without);
  constexpr Sql plain = row_locking<"SELECT id FROM things FOR UPDATE">;
  EXPECT_EQ(plain.text(Dialect::sqlite), "SELECT id FROM things");
}

TEST(SqlTexts, AreJoinedOfPartsThatBeginALineEach) {
  static constexpr Literal columns{R"sql(
    id,
    name
  )sql"};
  constexpr Sql by_id = sql_of<"SELECT", columns, R"sql(
    FROM things
    WHERE id = :id
  )sql">;
  EXPECT_EQ(by_id.text(Dialect::sqlite), "SELECT\nid,\n    name\nFROM things\n    WHERE id = :id");
  EXPECT_EQ(by_id.text(Dialect::postgres), by_id.text(Dialect::sqlite));
  // Before anything runs: no text of that time can be a part.
  static_assert(sql_of<columns>.text(Dialect::sqlite) == "id,\n    name");
  constexpr Sql locking = row_locking<joined_text<"SELECT", columns, "FROM things", "FOR UPDATE">>;
  EXPECT_EQ(locking.text(Dialect::sqlite), "SELECT\nid,\n    name\nFROM things");
  EXPECT_EQ(locking.text(Dialect::postgres), "SELECT\nid,\n    name\nFROM things\nFOR UPDATE");
}

TEST_P(Statements, RunWhatWasJoined) {
  static constexpr Literal columns{"name, number"};
  constexpr Sql of_name = sql_of<"SELECT", columns, "FROM things WHERE name = :name">;
  ASSERT_TRUE(run(insert_numbered, {{"name", "joined"}, {"number", 7}}));
  const auto rows = read(of_name, {{"name", "joined"}});
  ASSERT_TRUE(rows) << rows.error().reason;
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].integer("number"), 7);
}

TEST_P(Statements, BindTextNumbersAndNullsByName) {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  ASSERT_TRUE(run(insert_numbered, {{"number", largest}, {"name", "größer"}}));
  ASSERT_TRUE(run(insert_numbered, {{"name", SqlValue()}, {"number", -1}}));
  ASSERT_TRUE(run(insert_numbered, {{"name", std::optional<std::string>("x")}, {"number", std::optional<int>()}}));
  const auto rows = read(Sql("SELECT name, number FROM things ORDER BY id"));
  ASSERT_TRUE(rows) << rows.error().reason;
  ASSERT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[0].text("name"), "größer");
  EXPECT_EQ((*rows)[0].integer("number"), largest);
  EXPECT_TRUE((*rows)[1].is_null("name"));
  EXPECT_EQ((*rows)[1].integer("number"), -1);
  EXPECT_TRUE((*rows)[2].is_null("number"));
  EXPECT_EQ((*rows)[2].maybe_time("number"), std::nullopt);
}

TEST_P(Statements, TakeAParameterThatIsUsedTwice) {
  ASSERT_TRUE(run(insert_numbered, {{"name", "a"}, {"number", 5}}));
  EXPECT_EQ(number(Sql("SELECT count(*) FROM things WHERE number > :n OR number = :n OR name = :name"),
                   {{"n", 5}, {"name", "b"}}),
            1);
}

TEST_P(Statements, CompareNumbersAsNumbers) {
  EXPECT_EQ(number(Sql("SELECT CASE WHEN CAST(:n AS BIGINT) > 9 THEN 1 ELSE 0 END"), {{"n", 10}}), 1);
  EXPECT_EQ(number(Sql("SELECT CASE WHEN CAST(:n AS BIGINT) > 9 THEN 1 ELSE 0 END"), {{"n", 8}}), 0);
}

TEST_P(Statements, TakeAnotherKindOfValueTheNextTime) {
  constexpr Sql echo{"SELECT CAST(:v AS TEXT) AS echo"};
  for (const auto& [value, expected] :
       std::vector<std::pair<SqlValue, std::optional<std::string>>>{{SqlValue(), std::nullopt},
                                                                    {SqlValue(std::int64_t{7}), "7"},
                                                                    {SqlValue(std::string("seven")), "seven"},
                                                                    {SqlValue(std::int64_t{8}), "8"},
                                                                    {SqlValue(), std::nullopt}}) {
    const auto rows = read(echo, {{"v", value}});
    ASSERT_TRUE(rows) << rows.error().reason;
    EXPECT_EQ(rows->front().maybe_text("echo"), expected);
  }
}

TEST_P(Statements, KeepEveryByteOfText) {
  const std::string text = "'; DROP TABLE things; -- \\ \" :name $1 ? % \t\n\x01 \xF0\x9F\x8C\xB3";  // INJ-01
  ASSERT_TRUE(run(insert_numbered, {{"name", text}, {"number", 1}}));
  EXPECT_EQ(number(Sql("SELECT count(*) FROM things WHERE name = :name"), {{"name", text}}), 1);
  EXPECT_EQ(read(Sql("SELECT name FROM things"))->front().text("name"), text);
  const std::string empty;
  ASSERT_TRUE(run(insert_numbered, {{"name", empty}, {"number", 2}}));
  EXPECT_FALSE(read(Sql("SELECT name FROM things WHERE number = 2"))->front().is_null("name"));
}

TEST_P(Statements, RefuseTextThatIsNotStorable) {
  using namespace std::string_literals;
  for (const auto& text : {"a\0b"s, "\xC3"s, "\xED\xA0\x80"s}) {
    const auto refused = run(insert_numbered, {{"name", text}, {"number", 1}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::internal);
  }
  EXPECT_EQ(number(Sql("SELECT count(*) FROM things")), 0);
}

TEST_P(Statements, RefuseAMissingParameterAndIgnoreOneTooMany) {
  const auto refused = run(insert_numbered, {{"name", "a"}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().reason, ::testing::StartsWith("no value for :number: INSERT INTO things"));
  EXPECT_TRUE(run(insert_numbered, {{"name", "a"}, {"other", 3}, {"number", 1}}));
}

TEST_P(Statements, GiveUuidsAsTheirText) {
  const std::string id = "01890a5d-ac96-774b-bcce-b302099a8057";
  ASSERT_TRUE(run(Sql("INSERT INTO things (name, owner) VALUES ('a', :owner)"), {{"owner", id}}));
  const auto rows = read(Sql("SELECT owner FROM things WHERE owner = :owner"), {{"owner", id}});
  ASSERT_TRUE(rows) << rows.error().reason;
  EXPECT_EQ(rows->front().text("owner"), id);
  EXPECT_EQ(rows->front().id<AccountId>("owner").text(), id);
}

TEST_P(Statements, ReadBooleansAsOneAndZero) {
  ASSERT_TRUE(
      run(Sql("INSERT INTO things (name, done) VALUES ('a', TRUE), ('b', FALSE), ('c', :done)"), {{"done", 1}}));
  const auto rows = read(Sql("SELECT done FROM things ORDER BY name"));
  ASSERT_TRUE(rows) << rows.error().reason;
  EXPECT_EQ((*rows)[0].integer("done"), 1);
  EXPECT_EQ((*rows)[1].integer("done"), 0);
  EXPECT_EQ((*rows)[2].integer("done"), 1);
}

TEST_P(Statements, ReturnWhatTheyWrote) {
  const auto rows = database_->transact([](Transaction& transaction) {
    return transaction.query(Sql("INSERT INTO things (name, number) VALUES (:a, 1), ('b', 9007199254740993) RETURNING "
                                 "id, number, name, owner, "
                                 "number + 1 AS next"),
                             {{"a", "a"}});
  });
  ASSERT_TRUE(rows) << rows.error().reason;
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].integer("id"), 1);
  EXPECT_EQ((*rows)[1].integer("number"), 9007199254740993);
  EXPECT_EQ((*rows)[1].integer("next"), 9007199254740994);
  EXPECT_EQ((*rows)[1].text("name"), "b");
  EXPECT_TRUE((*rows)[1].is_null("owner"));
  EXPECT_EQ(number(Sql("SELECT count(*) FROM things")), 2);
}

TEST_P(Statements, CountTheRowsTheyChanged) {
  const auto counts = database_->transact([](Transaction& transaction) -> Result<std::vector<std::int64_t>> {
    std::vector<std::int64_t> all;
    for (const auto& statement : {Sql("INSERT INTO things (number) VALUES (1), (2), (3)"),
                                  Sql("UPDATE things SET number = number + 1 WHERE number > 1"),
                                  Sql("SELECT * FROM things"), Sql("UPDATE things SET number = 0 WHERE number > 99"),
                                  Sql("UPDATE things SET number = 5 WHERE number > 0 RETURNING number"),
                                  Sql("CREATE TABLE others (id INTEGER)"), Sql("DELETE FROM things")}) {
      auto changed = transaction.execute(statement);
      if (!changed) return std::move(changed).error();
      all.push_back(*changed);
    }
    return all;
  });
  ASSERT_TRUE(counts) << counts.error().reason;
  EXPECT_THAT(*counts, ::testing::ElementsAre(3, 2, 0, 0, 3, 0, 3));
}

TEST_P(Statements, SayThatAUniqueKeyIsTakenAndGoOn) {
  const auto results = database_->transact([](Transaction& transaction) -> Result<std::pair<bool, bool>> {
    constexpr Sql claim{"INSERT INTO things (name) VALUES (:name) ON CONFLICT DO NOTHING"};
    auto first = transaction.insert_unique(claim, {{"name", "one"}});
    auto second = transaction.insert_unique(claim, {{"name", "one"}});
    if (!first) return std::move(first).error();
    if (!second) return std::move(second).error();
    if (auto later = transaction.execute(insert_numbered, {{"name", "two"}, {"number", 2}}); !later)
      return std::move(later).error();
    return std::pair(*first, *second);
  });
  ASSERT_TRUE(results) << results.error().reason;
  EXPECT_TRUE(results->first);
  EXPECT_FALSE(results->second);
  EXPECT_EQ(number(Sql("SELECT count(*) FROM things")), 2);
}

TEST_P(Statements, GiveTheFirstRowOrNone) {
  const auto first = [&](std::string_view name) {
    return database_->read([&](SqlConnection& connection) {
      return connection.first(Sql("SELECT number FROM things WHERE name = :name"), {{"name", name}});
    });
  };
  ASSERT_TRUE(run(insert_numbered, {{"name", "a"}, {"number", 4}}));
  EXPECT_EQ((**first("a")).integer("number"), 4);
  EXPECT_EQ(first("b")->has_value(), false);
}

TEST_P(Statements, ArePreparedOnceAConnection) {
  const auto prepared = database_->transact([](Transaction& transaction) -> Result<std::size_t> {
    for (int i = 0; i < 50; ++i) {
      if (auto done = transaction.execute(insert_numbered, {{"name", std::to_string(i)}, {"number", i}}); !done) {
        return std::move(done).error();
      }
      if (auto done = transaction.query(Sql("SELECT 77")); !done) return std::move(done).error();
    }
    auto& connection = dynamic_cast<Connection&>(transaction.connection());
    if (transaction.dialect() == Dialect::sqlite) return connection.prepared_statements();
    auto rows = transaction.query(Sql("SELECT 1 AS count", "SELECT count(*) AS count FROM pg_prepared_statements"));
    if (!rows) return std::move(rows).error();
    EXPECT_EQ(static_cast<std::size_t>(rows->front().integer("count")), connection.prepared_statements());
    return connection.prepared_statements();
  });
  ASSERT_TRUE(prepared) << prepared.error().reason;
  EXPECT_LT(*prepared, 16u);
}

TEST_P(Statements, LeaveNothingOpenThatWouldHideLaterChanges) {
  ASSERT_TRUE(run(insert_numbered, {{"name", "a"}, {"number", 1}}));
  const auto seen = database_->read([&](SqlConnection& connection) -> Result<std::pair<std::int64_t, std::int64_t>> {
    constexpr Sql all{"SELECT number FROM things"};
    auto before = connection.first(all);
    if (!before) return std::move(before).error();
    if (auto done = run(Sql("UPDATE things SET number = 2")); !done) return std::move(done).error();
    auto after = connection.first(all);
    if (!after) return std::move(after).error();
    return std::pair((*before)->integer("number"), (*after)->integer("number"));
  });
  ASSERT_TRUE(seen) << seen.error().reason;
  EXPECT_EQ(*seen, std::pair(std::int64_t{1}, std::int64_t{2}));
}

TEST_P(Statements, CannotWriteOnAReadingConnection) {
  const auto written = database_->read(
      [](SqlConnection& connection) { return connection.execute(insert_numbered, {{"name", "a"}, {"number", 1}}); });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::internal);
  const auto returned = database_->read(
      [](SqlConnection& connection) { return connection.query(Sql("DELETE FROM things RETURNING id")); });
  EXPECT_FALSE(returned);
  EXPECT_EQ(number(Sql("SELECT count(*) FROM things")), 0);
}

TEST_P(Statements, NameTheStatementInAnErrorButNeverAValue) {
  const std::string marker = "MARKER-51423";
  ASSERT_TRUE(run(insert_numbered, {{"name", marker}, {"number", 1}}));
  std::vector<std::string> reasons;
  const auto note = [&](const auto& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::internal);
    reasons.push_back(result.error().reason);
  };
  note(run(insert_numbered, {{"name", marker}, {"number", 1}}));                               // unique key
  note(run(Sql("INSERT INTO things (id) VALUES (:id)"), {{"id", marker}}));                    // wrong type
  note(run(Sql("INSERT INTO parts (thing) VALUES (:number)"), {{"number", 51423}}));           // foreign key
  note(run(Sql("SELECT nothing FROM things WHERE name = :name"), {{"name", marker}}));         // unknown column
  note(run(Sql("INSERT INTO things (name, done) VALUES (:name, NULL)"), {{"name", marker}}));  // null
  note(run(Sql("SELEC :name"), {{"name", marker}}));                                           // syntax
  for (const auto& reason : reasons) {
    EXPECT_THAT(reason, ::testing::Not(::testing::HasSubstr("51423")));
    EXPECT_THAT(reason, ::testing::StartsWith(GetParam() == "sqlite" ? "SQLite " : "SQLSTATE ")) << reason;
    EXPECT_LT(reason.size(), 90u);
  }
  EXPECT_THAT(reasons[0], ::testing::HasSubstr(": INSERT INTO things (name, number)"));
  EXPECT_EQ(number(Sql("SELECT count(*) FROM things")), 1) << "the connection stays usable";
}

TEST_P(Statements, AreShownOnOneLine) {
  const auto refused = read(Sql(R"sql(
    SELECT name
    FROM things
    WHERE nothing = 1 AND name = 'x' AND number = 2 AND owner IS NULL
  )sql"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().reason,
              ::testing::EndsWith(": SELECT name FROM things WHERE nothing = 1 AND name = 'x' AND"));
}

TEST_P(Statements, GiveUpAfterTheirTimeout) {
  const auto database = open_database(database_.url(), {.statement_timeout = std::chrono::milliseconds(300)});
  const auto begun = std::chrono::steady_clock::now();
  const auto late = database->read([](SqlConnection& connection) {
    return connection.query(
        Sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
            "SELECT pg_sleep(20)"));
  });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::unavailable) << late.error().reason;
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
  const auto next = database->read([](SqlConnection& connection) { return connection.query(Sql("SELECT 1")); });
  EXPECT_TRUE(next) << next.error().reason;
}

}  // namespace
}  // namespace rowan::storage
