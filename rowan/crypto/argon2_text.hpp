#pragma once
// Internal. Argon2id hashes as PHC strings: $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::crypto {

// What a stored text may ask of us. Beyond it, it cannot be read.
inline constexpr std::uint32_t least_argon2_memory_kib = 8;  // per lane (RFC 9106 section 3.1)
inline constexpr std::uint32_t most_argon2_memory_kib = 256 * 1024;
inline constexpr std::uint32_t most_argon2_passes = 16;
inline constexpr std::uint32_t most_argon2_lanes = 16;

struct Argon2Text {
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  std::uint32_t lanes = 1;
  std::vector<std::byte> salt{};  // 8 to 64 bytes
  std::vector<std::byte> hash{};  // 16 to 64 bytes
};

/// Strict: version 19, the parameters in this order, numbers in their shortest form, base64 without padding, white
/// space or a second spelling, nothing behind. So the text of what was read is what was read.
std::optional<Argon2Text> read_argon2_text(std::string_view stored);
std::string to_text(const Argon2Text& argon2);

}  // namespace rowan::crypto
