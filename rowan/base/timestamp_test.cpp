#include <gtest/gtest.h>

#include <rowan/base/clock.hpp>
#include <rowan/base/timestamp.hpp>

namespace rowan {
namespace {

constexpr std::int64_t second = 1'000'000;

TEST(Timestamp, IsWrittenAsRfc3339) {
  EXPECT_EQ(to_rfc3339(from_microseconds(0)), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_rfc3339(from_microseconds(1'795'558'522 * second + 7)), "2026-11-24T22:15:22.000007Z");
  EXPECT_EQ(to_rfc3339(from_microseconds(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_rfc3339(from_microseconds(2'147'483'648 * second)), "2038-01-19T03:14:08.000000Z");  // beyond 32 bits
}

TEST(Timestamp, IsReadBackExactly) {
  for (const std::int64_t micros :
       {std::int64_t{0}, std::int64_t{-1}, 1'795'558'522'000'007, 951'782'399'999'999, 253'402'300'799'999'999})
    EXPECT_EQ(parse_rfc3339(to_rfc3339(from_microseconds(micros))), from_microseconds(micros));
}

TEST(Timestamp, IsReadWithAnyFractionUpToMicroseconds) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01Z"), from_microseconds(second));
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01.5Z"), from_microseconds(second + 500'000));
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01.000001Z"), from_microseconds(second + 1));
}

TEST(Timestamp, KnowsLeapYears) {
  EXPECT_TRUE(parse_rfc3339("2024-02-29T00:00:00Z"));
  EXPECT_TRUE(parse_rfc3339("2000-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2026-02-29T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("1900-02-29T00:00:00Z"));
}

TEST(Timestamp, RefusesEveryOtherSpelling) {
  for (const auto* text :
       {"", "2026-11-24", "2026-11-24T22:15:22", "2026-11-24 22:15:22Z", "2026-11-24t22:15:22Z", "2026-11-24T22:15:22z",
        "2026-11-24T22:15:22+00:00", "2026-13-24T22:15:22Z", "2026-00-24T22:15:22Z", "2026-11-31T22:15:22Z",
        "2026-11-24T24:00:00Z", "2026-11-24T22:60:22Z", "2026-11-24T22:15:60Z", "2026-11-24T22:15:22.Z",
        "2026-11-24T22:15:22.0000001Z", "2026-11-24T22:15:22Zx", " 2026-11-24T22:15:22Z", "2026-1-24T22:15:22Z",
        "-026-11-24T22:15:22Z"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Timestamp, IsWrittenForHttp) {  // RFC 9110 section 5.6.7
  EXPECT_EQ(to_http_date(from_microseconds(784'111'777 * second)), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(to_http_date(from_microseconds(1'795'558'522 * second)), "Tue, 24 Nov 2026 22:15:22 GMT");
}

TEST(Timestamp, RoundsSecondsDown) {
  EXPECT_EQ(to_seconds(from_microseconds(1'999'999)), 1);
  EXPECT_EQ(to_seconds(from_microseconds(-1)), -1);
}

TEST(SystemClock, NeverGoesBack) {
  const auto before = system_clock().elapsed();
  const auto wall = system_clock().now();
  EXPECT_GE(system_clock().elapsed(), before);
  EXPECT_GT(wall, from_microseconds(1'700'000'000 * second));
}

}  // namespace
}  // namespace rowan
