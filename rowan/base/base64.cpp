#include <rowan/base/base64.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace rowan {

namespace {

constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view plain_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encode(std::span<const std::byte> bytes, std::string_view alphabet, bool padded) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t k) { return k < bytes.size() ? std::to_integer<std::uint32_t>(bytes[k]) : 0U; };
    const std::uint32_t group = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    const std::size_t present = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 4; ++k) {
      if (k <= present)
        text += alphabet[group >> (18 - 6 * k) & 63];
      else if (padded)
        text += '=';
    }
  }
  return text;
}

// What a letter is worth in each of the four places of a group of 24 bits; the top bit for what is no letter.
constexpr std::uint32_t no_letter = 1U << 31;
constexpr auto url_values = [] {
  std::array<std::array<std::uint32_t, 256>, 4> values{};
  for (std::size_t place = 0; place < 4; ++place) {
    values[place].fill(no_letter);
    for (std::uint32_t i = 0; i < 64; ++i)
      values[place][static_cast<unsigned char>(url_alphabet[i])] = i << (18 - 6 * place);
  }
  return values;
}();

}  // namespace

std::string to_base64url(std::span<const std::byte> bytes) { return encode(bytes, url_alphabet, false); }
std::string to_base64(std::span<const std::byte> bytes) { return encode(bytes, plain_alphabet, true); }

std::string to_hex(std::span<const std::byte> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    text += digits[std::to_integer<unsigned>(byte) >> 4];
    text += digits[std::to_integer<unsigned>(byte) & 15];
  }
  return text;
}

std::optional<std::size_t> from_base64url(std::string_view text, std::span<std::byte> into) {
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  const std::size_t size = text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1);
  if (size > into.size()) return std::nullopt;
  const auto value = [&](std::size_t place, std::size_t i) {
    return url_values[place][static_cast<unsigned char>(text[i])];
  };
  // Letters by four and eight, one check for all of them: every guarded request passes here.
  const auto four = [&](std::size_t i) { return value(0, i) | value(1, i + 1) | value(2, i + 2) | value(3, i + 3); };
  std::byte* out = into.data();
  std::size_t at = 0;
  std::uint32_t wrong = 0;
  for (; at + 8 <= text.size() && static_cast<std::size_t>(into.data() + into.size() - out) >= 8; at += 8, out += 6) {
    const auto first = four(at), second = four(at + 4);
    wrong |= first | second;
    // Two bytes too many, which the next letters overwrite.
    std::uint64_t bytes = (std::uint64_t{first} << 24 | (second & 0xFFFFFF)) << 16;
    if constexpr (std::endian::native == std::endian::little) bytes = std::byteswap(bytes);
    std::memcpy(out, &bytes, sizeof bytes);
  }
  for (; at + 4 <= text.size(); at += 4, out += 3) {
    const auto group = four(at);
    wrong |= group;
    out[0] = static_cast<std::byte>(group >> 16);
    out[1] = static_cast<std::byte>(group >> 8);
    out[2] = static_cast<std::byte>(group);
  }
  if (rest != 0) {
    const auto group = value(0, at) | value(1, at + 1) | (rest == 3 ? value(2, at + 2) : 0);
    wrong |= group;
    out[0] = static_cast<std::byte>(group >> 16);
    if (rest == 3) out[1] = static_cast<std::byte>(group >> 8);
    // Bits left over must be zero, or the same bytes would have a second spelling.
    if ((group & (rest == 3 ? 0xFFU : 0xFFFFU)) != 0) return std::nullopt;
  }
  return (wrong & no_letter) != 0 ? std::nullopt : std::optional(size);
}

std::optional<std::vector<std::byte>> from_base64url(std::string_view text) {
  std::vector<std::byte> bytes(text.size() / 4 * 3 + 3);
  const auto size = from_base64url(text, bytes);
  if (!size) return std::nullopt;
  bytes.resize(*size);
  return bytes;
}

std::optional<std::vector<std::byte>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  const auto nibble = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = nibble(text[i]), low = nibble(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

}  // namespace rowan
