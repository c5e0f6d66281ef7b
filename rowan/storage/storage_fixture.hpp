#pragma once
// For the tests of this folder: one table, on every database there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rowan/testing/number_in.hpp>
#include <rowan/testing/temporary_database.hpp>

namespace rowan::storage {

inline const std::vector<Migration>& things() {
  static const std::vector<Migration> migrations{
      {.id = "things/0001_things",
       .sqlite = "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, number BIGINT, owner TEXT, "
                 "done BOOLEAN NOT NULL DEFAULT FALSE, consumed_at BIGINT);\n"
                 "CREATE TABLE parts (id INTEGER PRIMARY KEY, thing BIGINT REFERENCES things (id));",
       .postgres = "CREATE TABLE things (id bigserial PRIMARY KEY, name text UNIQUE, number bigint, owner uuid, "
                   "done boolean NOT NULL DEFAULT false, consumed_at bigint);\n"
                   "CREATE TABLE parts (id bigserial PRIMARY KEY, thing bigint REFERENCES things (id));"}};
  return migrations;
}

class OnEveryDatabase : public ::testing::TestWithParam<std::string> {
 protected:
  OnEveryDatabase() { database_.migrate(things()); }

  Result<> run(const Sql& statement, SqlParams params = {}) {
    return database_->transact([&](Transaction& transaction) -> Result<> {
      auto done = transaction.execute(statement, params);
      if (!done) return std::move(done).error();
      return {};
    });
  }
  Result<std::vector<SqlRow>> read(const Sql& statement, SqlParams params = {}) {
    return database_->read([&](SqlConnection& connection) { return connection.query(statement, params); });
  }
  std::int64_t number(const Sql& statement, SqlParams params = {}) {
    return rowan::testing::number_in(*database_, statement, params);
  }

  rowan::testing::TemporaryDatabase database_{GetParam()};
};

inline auto every_database() { return ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()); }
inline std::string name_of_database(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace rowan::storage
