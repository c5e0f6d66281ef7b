#include <rowan/base/uuid.hpp>

namespace rowan {

Uuid Uuid::v7(const Clock& clock, Random& random) {
  Uuid uuid;
  random.fill(uuid.bytes);
  auto millis = static_cast<std::uint64_t>(to_microseconds(clock.now()) / 1000);
  for (int i = 5; i >= 0; --i, millis >>= 8) uuid.bytes[static_cast<std::size_t>(i)] = static_cast<std::byte>(millis);
  uuid.bytes[6] = (uuid.bytes[6] & std::byte{0x0F}) | std::byte{0x70};
  uuid.bytes[8] = (uuid.bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  const auto nibble = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    if (at == 8 || at == 13 || at == 18 || at == 23) {
      if (text[at++] != '-') return std::nullopt;
    }
    const int high = nibble(text[at]), low = nibble(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    uuid.bytes[i] = static_cast<std::byte>(high * 16 + low);
    at += 2;
  }
  return uuid;
}

std::string Uuid::text() const {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hex[std::to_integer<unsigned>(bytes[i]) >> 4];
    text += hex[std::to_integer<unsigned>(bytes[i]) & 15];
  }
  return text;
}

}  // namespace rowan
