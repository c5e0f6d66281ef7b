#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rowan/base/config_error.hpp>
#include <rowan/storage/database.hpp>

namespace rowan {
namespace {

std::string refusal(std::string_view url, DatabaseOptions options = {}) {
  try {
    static_cast<void>(open_database(url, options));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(OpenDatabase, SaysHowToWriteTheUrlAndNeverRepeatsIt) {
  for (const auto* url : {"", "mysql://u:MARKER@h/d", "postgres:MARKER", "MARKER.db", "postgres://u:MARKER@[h/d",
                          "postgres://u:MARKER@h/d?nonsense=1", "postgres://u:MARKER%zz@h/d"}) {
    const auto text = refusal(url);
    EXPECT_THAT(text, ::testing::HasSubstr("postgres://user:password@host:port/name")) << url;
    EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("MARKER"))) << url;
  }
}

TEST(OpenDatabase, ListsEveryImpossibleOption) {
  constexpr std::chrono::milliseconds none{0};
  const auto text =
      refusal("postgres://h/d", {.acquire_timeout = none, .statement_timeout = none, .connect_timeout = none});
  EXPECT_THAT(text, ::testing::HasSubstr("connect_timeout"));
  EXPECT_THAT(text, ::testing::HasSubstr("acquire_timeout"));
  EXPECT_THAT(text, ::testing::HasSubstr("statement_timeout"));
}

TEST(SqlRow, ReadsNumbersAndTakesAnythingElseForZero) {
  const SqlRow row({"9223372036854775807", "-5", "12abc", "", std::nullopt, "99999999999999999999", "t", "f"});
  EXPECT_EQ(row.integer(0), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(row.integer(1), -5);
  for (const std::size_t i : {2u, 3u, 4u, 5u, 7u}) EXPECT_EQ(row.integer(i), 0) << i;
  EXPECT_EQ(row.integer(6), 1);
}

}  // namespace
}  // namespace rowan
