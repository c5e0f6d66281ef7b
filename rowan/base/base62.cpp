#include <algorithm>
#include <rowan/base/base62.hpp>
#include <stdexcept>

namespace rowan {

namespace {

constexpr std::string_view base62_digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t most_base62_bytes = 64;

int base62_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  if (c >= 'a' && c <= 'z') return c - 'a' + 36;
  return -1;
}

}  // namespace

std::string to_base62(std::span<const std::byte> bytes) {
  if (bytes.size() > most_base62_bytes) throw std::length_error("base62: at most 64 bytes");
  std::string text(base62_size(bytes.size()), base62_digits.front());
  std::byte left[most_base62_bytes];
  std::ranges::copy(bytes, left);
  for (auto at = text.rbegin(); at != text.rend(); ++at) {
    unsigned remainder = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const unsigned value = remainder * 256 + std::to_integer<unsigned>(left[i]);
      left[i] = static_cast<std::byte>(value / 62);
      remainder = value % 62;
    }
    *at = base62_digits[remainder];
  }
  return text;  // nothing is left of them in `left`: it was divided down to zero
}

bool from_base62(std::string_view text, std::span<std::byte> into) {
  if (into.size() > most_base62_bytes || text.size() != base62_size(into.size())) return false;
  std::ranges::fill(into, std::byte{0});
  for (const char c : text) {
    const int digit = base62_value(c);
    if (digit < 0) return false;
    auto carry = static_cast<unsigned>(digit);
    for (auto at = into.rbegin(); at != into.rend(); ++at) {
      carry += std::to_integer<unsigned>(*at) * 62;
      *at = static_cast<std::byte>(carry & 255U);
      carry >>= 8U;
    }
    if (carry != 0) return false;
  }
  return true;
}

}  // namespace rowan
