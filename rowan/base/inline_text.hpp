#pragma once
// InlineText: a short text stored without allocation, so that the guard can return it from an event loop.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rowan {

template <std::size_t Capacity>
class InlineText {
 public:
  static_assert(Capacity <= 255);
  constexpr InlineText() = default;
  /// Nullopt when the text does not fit. Nothing is cut off.
  static constexpr std::optional<InlineText> from(std::string_view text) {
    if (text.size() > Capacity) return std::nullopt;
    InlineText result;
    std::copy(text.begin(), text.end(), result.bytes_.begin());
    result.size_ = static_cast<std::uint8_t>(text.size());
    return result;
  }
  constexpr std::string_view view() const { return {bytes_.data(), size_}; }
  friend constexpr bool operator==(const InlineText& a, const InlineText& b) { return a.view() == b.view(); }

 private:
  std::array<char, Capacity> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace rowan
