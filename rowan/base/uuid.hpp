#pragma once
// UUIDs (RFC 9562). They identify; they are never secrets.
#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <rowan/base/clock.hpp>
#include <rowan/base/random.hpp>
#include <string>
#include <string_view>

namespace rowan {

struct Uuid {
  std::array<std::byte, 16> bytes{};

  /// Version 7: milliseconds first, so that rows made at the same time are stored close together.
  static Uuid v7(const Clock& clock, Random& random);
  /// Accepts the 36-character form in either case; nullopt otherwise.
  static std::optional<Uuid> parse(std::string_view text);
  /// 36 characters, lower case.
  std::string text() const;
  bool is_nil() const { return *this == Uuid{}; }

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

}  // namespace rowan
