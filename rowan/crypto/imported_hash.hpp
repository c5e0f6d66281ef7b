#pragma once
// Internal. Password hashes made elsewhere, verified by libcrypt (crypt(5)): bcrypt, scrypt, yescrypt, SHA-crypt.
#include <optional>
#include <rowan/base/result.hpp>
#include <string_view>

namespace rowan::crypto {

/// "bcrypt", "scrypt", "yescrypt", "sha256crypt" or "sha512crypt" when it is well formed and asks for no more than our
/// bounds (README.md); nullopt otherwise.
std::optional<std::string_view> imported_hash_kind(std::string_view stored);

/// Compared in constant time. Precondition: imported_hash_kind knows `stored`. `unavailable` when memory ran out.
/// As the format has it, bcrypt reads 72 bytes of the password only. No password with a NUL inside or of 512 bytes and
/// more matches.
Result<bool> matches_imported_hash(std::string_view password, std::string_view stored);

}  // namespace rowan::crypto
