#pragma once
// number_in: a number from the test's database, such as a count of rows.
#include <rowan/storage/database.hpp>

namespace rowan::testing {

/// The first column of a statement's only row; -1 when the statement fails or returns another number of rows.
inline std::int64_t number_in(Database& database, const Sql& statement, SqlParams params = {}) {
  std::int64_t number = -1, rows = 0;
  const auto read = database.read([&](SqlConnection& connection) {
    rows = 0;
    return connection.each(statement, params, [&](std::span<const std::int64_t> row) {
      ++rows;
      number = row.front();
    });
  });
  return read && rows == 1 ? number : -1;
}

}  // namespace rowan::testing
