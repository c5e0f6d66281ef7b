#pragma once
// Points in time: wall time in microseconds (the resolution of both databases), written as RFC 3339.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rowan {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

constexpr std::int64_t to_microseconds(Timestamp time) { return time.time_since_epoch().count(); }
constexpr Timestamp from_microseconds(std::int64_t count) { return Timestamp(std::chrono::microseconds(count)); }
constexpr std::int64_t to_seconds(Timestamp time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// "2026-11-24T22:15:22.000000Z" (RFC 3339 section 5.6), always UTC.
std::string to_rfc3339(Timestamp time);
/// Accepts what to_rfc3339 writes, with or without a fraction; nullopt otherwise.
std::optional<Timestamp> parse_rfc3339(std::string_view text);
/// "Tue, 24 Nov 2026 22:15:22 GMT" (RFC 9110 section 5.6.7).
std::string to_http_date(Timestamp time);

}  // namespace rowan
