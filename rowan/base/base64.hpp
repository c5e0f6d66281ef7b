#pragma once
// base64url without padding (RFC 4648 section 5), base64 with padding (section 4) and lower-case hex.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

std::string to_base64url(std::span<const std::byte> bytes);
std::string to_base64(std::span<const std::byte> bytes);
std::string to_hex(std::span<const std::byte> bytes);

/// Strict: no padding, no white space, no non-zero bits left over; nullopt otherwise.
std::optional<std::vector<std::byte>> from_base64url(std::string_view text);
/// The same into a buffer, without allocation; the number of bytes written, nullopt when malformed or too long.
std::optional<std::size_t> from_base64url(std::string_view text, std::span<std::byte> into);
std::optional<std::vector<std::byte>> from_hex(std::string_view text);

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace rowan
