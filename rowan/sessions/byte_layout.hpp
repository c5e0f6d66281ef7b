#pragma once
// Not installed. Writing and reading fixed layouts of bytes, bounded on both sides, without allocation.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <rowan/base/base64.hpp>
#include <span>
#include <string_view>

namespace rowan::sessions {

class LayoutWriter {
 public:
  explicit LayoutWriter(std::span<std::byte> into) : into_(into) {}
  void integer(std::int64_t value) {
    for (int i = 7; i >= 0; --i) byte(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void byte(std::uint8_t value) {
    if (used_ < into_.size())
      into_[used_++] = static_cast<std::byte>(value);
    else
      fits_ = false;
  }
  void bytes(std::span<const std::byte> value) {
    for (const auto b : value) byte(std::to_integer<std::uint8_t>(b));
  }
  void text(std::string_view value) {  // at most 65,535 bytes
    byte(static_cast<std::uint8_t>(value.size() >> 8));
    byte(static_cast<std::uint8_t>(value.size()));
    bytes(as_bytes(value));
  }
  bool fits() const { return fits_; }
  std::size_t used() const { return used_; }

 private:
  std::span<std::byte> into_;
  std::size_t used_ = 0;
  bool fits_ = true;
};

class LayoutReader {
 public:
  explicit LayoutReader(std::span<const std::byte> from) : from_(from) {}
  std::int64_t integer() {
    std::uint64_t value = 0;
    if (from_.size() - at_ < sizeof value) {
      good_ = false;
      return 0;
    }
    std::memcpy(&value, from_.data() + at_, sizeof value);  // big-endian
    at_ += sizeof value;
    if constexpr (std::endian::native == std::endian::little) value = std::byteswap(value);
    return static_cast<std::int64_t>(value);
  }
  std::uint8_t byte() {
    if (at_ < from_.size()) return std::to_integer<std::uint8_t>(from_[at_++]);
    good_ = false;
    return 0;
  }
  void bytes(std::span<std::byte> into) {  // zeros when there are not as many
    if (into.size() > from_.size() - at_) {
      good_ = false;
      std::ranges::fill(into, std::byte{});
      return;
    }
    std::ranges::copy(from_.subspan(at_, into.size()), into.begin());
    at_ += into.size();
  }
  void skip(std::size_t size) {
    if (size > from_.size() - at_)
      good_ = false;
    else
      at_ += size;
  }
  std::string_view text() {
    const std::size_t high = byte(), size = high << 8 | byte();
    if (size > from_.size() - at_) {
      good_ = false;
      return {};
    }
    const auto view = as_text(from_.subspan(at_, size));
    at_ += size;
    return view;
  }
  bool good() const { return good_; }
  bool done() const { return good_ && at_ == from_.size(); }

 private:
  std::span<const std::byte> from_;
  std::size_t at_ = 0;
  bool good_ = true;
};

}  // namespace rowan::sessions
