#pragma once
// Not installed. HOTP (RFC 4226), with the hashes of RFC 6238. This is the one place where SHA-1 is used: authenticator
// apps expect it, and an HMAC does not rest on what is broken of it.
#include <cstddef>
#include <cstdint>
#include <span>

namespace rowan::crypto {

enum class HotpHash : std::uint8_t { sha1, sha256, sha512 };

/// The 31 bits of RFC 4226 section 5.3, step 2: a code is their last digits. Throws std::runtime_error when the library
/// fails. Thread-safe.
std::uint32_t hotp(HotpHash hash, std::span<const std::byte> key, std::uint64_t counter);

}  // namespace rowan::crypto
