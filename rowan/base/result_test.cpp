#include <gtest/gtest.h>

#include <memory>
#include <rowan/base/config_error.hpp>
#include <rowan/base/inline_text.hpp>
#include <rowan/base/maybe.hpp>
#include <rowan/base/try.hpp>
#include <set>

namespace rowan {
namespace {

static_assert(!std::is_default_constructible_v<Result<int>>);
static_assert(std::is_default_constructible_v<Result<>>);

Result<int> half(int number) {
  if (number % 2 != 0) return Error{.code = ErrorCode::invalid_input, .reason = "odd"};
  return number / 2;
}

Result<int> quarter(int number) {
  ROWAN_TRY(const int once, half(number));
  ROWAN_TRY(const int twice, half(once));
  return twice;
}

Result<> check_even(int number) {
  ROWAN_CHECK(half(number));
  return {};
}

TEST(Try, BindsTheValueOrReturnsTheError) {
  EXPECT_EQ(quarter(8).value(), 2);
  const auto failed = quarter(6);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().reason, "odd");
  EXPECT_TRUE(check_even(2));
  EXPECT_FALSE(check_even(3));
}

TEST(Try, MovesWhatCannotBeCopied) {
  const auto make = [](bool works) -> Result<std::unique_ptr<int>> {
    if (!works) return Error{.code = ErrorCode::internal};
    return std::make_unique<int>(7);
  };
  const auto read = [&](bool works) -> Result<int> {
    ROWAN_TRY(const auto number, make(works));
    return *number;
  };
  EXPECT_EQ(read(true).value(), 7);
  EXPECT_FALSE(read(false));
}

TEST(Error, RemembersItsSourceLocation) {
  const auto line = half(1).error().where.line();
  EXPECT_GT(line, 15U);
  EXPECT_LT(line, 30U);
}

constexpr ErrorCode every_code[] = {
    ErrorCode::authentication_failed,  ErrorCode::invalid_input, ErrorCode::confirmation_required, ErrorCode::forbidden,
    ErrorCode::rate_limited,           ErrorCode::unavailable,   ErrorCode::malformed_request,     ErrorCode::too_large,
    ErrorCode::unsupported_media_type, ErrorCode::not_found,     ErrorCode::method_not_allowed,    ErrorCode::internal};

TEST(ErrorCode, HasTheStatusOfTheContract) {
  EXPECT_EQ(http_status(ErrorCode::authentication_failed), 401);
  EXPECT_EQ(http_status(ErrorCode::invalid_input), 422);
  EXPECT_EQ(http_status(ErrorCode::confirmation_required), 403);
  EXPECT_EQ(http_status(ErrorCode::rate_limited), 429);
  EXPECT_EQ(http_status(ErrorCode::unavailable), 503);
  EXPECT_EQ(http_status(ErrorCode::malformed_request), 400);
  EXPECT_EQ(http_status(ErrorCode::unsupported_media_type), 415);
  for (const auto code : every_code) EXPECT_GE(http_status(code), 400);
}

TEST(ErrorCode, HasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const auto code : every_code) names.insert(public_name(code));
  EXPECT_EQ(names.size(), std::size(every_code));
}

TEST(Maybe, SaysWhichAbsentValueWasUsed) {
  const std::string text = "here";
  EXPECT_EQ(Maybe<std::string>(text).value(), "here");
  EXPECT_EQ(Maybe<std::string>(text)->size(), 4U);
  EXPECT_FALSE(Maybe<std::string>());
  EXPECT_THROW(static_cast<void>(Maybe<std::string>(nullptr).value()), std::logic_error);
}

TEST(ConfigError, ListsEveryProblem) {
  const ConfigError error(std::vector<std::string>{"base_url: missing", "secrets: empty"});
  EXPECT_STREQ(error.what(), "base_url: missing\nsecrets: empty");
  EXPECT_EQ(error.problems().size(), 2U);
}

TEST(InlineText, CutsNothingOff) {
  EXPECT_EQ(InlineText<4>::from("abcd")->view(), "abcd");
  EXPECT_FALSE(InlineText<4>::from("abcde"));
  EXPECT_EQ(InlineText<4>::from("ab"), InlineText<4>::from("ab"));
  EXPECT_NE(InlineText<4>::from("ab"), InlineText<4>::from("abc"));
}

}  // namespace
}  // namespace rowan
