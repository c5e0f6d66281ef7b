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

SqlNames names(std::vector<std::string> all) {
  return std::make_shared<const std::vector<std::string>>(std::move(all));
}

TEST(SqlRow, ReadsNumbersAndAnythingElseAsZero) {
  const SqlRow row(names({"largest", "negative", "letters", "empty", "null", "too_large", "t", "f"}),
                   {"9223372036854775807", "-5", "12abc", "", std::nullopt, "99999999999999999999", "t", "f"});
  EXPECT_EQ(row.integer("largest"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(row.integer("negative"), -5);
  for (const auto* name : {"letters", "empty", "null", "too_large", "f"}) EXPECT_EQ(row.integer(name), 0) << name;
  EXPECT_EQ(row.integer("t"), 1);
}

TEST(SqlRow, RefusesMissingAndAmbiguousColumnNames) {
  const SqlRow row(names({"id", "key", "key"}), {"7", "a", "b"});
  EXPECT_EQ(row.text("id"), "7");
  EXPECT_THROW(row.text("key"), std::logic_error) << "which of the two?";
  EXPECT_THROW(row.is_null("ID"), std::logic_error);
  EXPECT_THROW(row.integer("none"), std::logic_error);
  EXPECT_THROW(row.maybe_text(""), std::logic_error);
  const SqlRow null(names({"hash"}), {std::nullopt});
  EXPECT_THROW(null.text("hash"), std::logic_error);
  EXPECT_EQ(null.maybe_text("hash"), std::nullopt);
}

}  // namespace
}  // namespace rowan
