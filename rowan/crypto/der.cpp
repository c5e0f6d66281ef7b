#include <rowan/crypto/der.hpp>

namespace rowan::crypto {

std::optional<DerItem> DerReader::next() {
  std::size_t at = 0;
  const auto byte = [&]() -> std::optional<std::uint32_t> {
    if (at >= rest_.size()) return std::nullopt;
    return std::to_integer<std::uint32_t>(rest_[at++]);
  };
  const auto first = byte();
  if (!first) return std::nullopt;
  DerItem item{.tag_class = static_cast<std::uint8_t>(*first >> 6), .number = *first & 31U};
  if (item.number == 31) {  // section 8.1.2.4: seven bits a byte, the last one without the top bit
    const auto high = byte();
    if (!high || (*high & 0x7FU) == 0) return std::nullopt;
    item.number = *high & 0x7FU;
    if ((*high & 0x80U) != 0) {
      const auto low = byte();
      if (!low || (*low & 0x80U) != 0) return std::nullopt;
      item.number = item.number << 7 | *low;
    } else if (item.number < 31) {
      return std::nullopt;
    }
  }
  const auto length = byte();
  if (!length) return std::nullopt;
  std::size_t size = *length;
  if (*length >= 0x80) {
    const std::size_t width = *length & 0x7FU;
    if (width == 0 || width > 3) return std::nullopt;
    size = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const auto next = byte();
      if (!next || (i == 0 && *next == 0)) return std::nullopt;
      size = size << 8 | *next;
    }
    if (size < 0x80) return std::nullopt;
  }
  if (size > rest_.size() - at) return std::nullopt;
  item.content = rest_.subspan(at, size);
  rest_ = rest_.subspan(at + size);
  return item;
}

}  // namespace rowan::crypto
