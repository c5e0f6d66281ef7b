#pragma once
// base62 of a fixed length: bytes as one big-endian number, written with 0-9, A-Z, a-z. Leading zeros are kept, so that
// each value has exactly one spelling.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace rowan {

/// How many characters so many bytes take: the fewest that fit every value. For up to 64 bytes.
constexpr std::size_t base62_size(std::size_t bytes) {
  // log2(62) is 5.954196310…
  return bytes == 0 ? 0 : (bytes * 8'000'000 + 5'954'195) / 5'954'196;
}

/// At most 64 bytes; more throws std::length_error: no request decides how many there are.
std::string to_base62(std::span<const std::byte> bytes);

/// Strict and without allocation: false for another length, another character, and a number that does not fit. `into`
/// then holds anything.
bool from_base62(std::string_view text, std::span<std::byte> into);

}  // namespace rowan
