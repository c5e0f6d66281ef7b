#pragma once
// Not installed. Short secrets that are stored and have to be read again, such as the seeds of authenticators.
#include <optional>
#include <rowan/base/random.hpp>
#include <rowan/base/secret.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <string>
#include <string_view>

namespace rowan::crypto {

/// What is sealed may have as many bytes as this.
inline constexpr std::size_t longest_at_rest = 16 * 1024;

struct OpenedAtRest {
  Secret secret;
  bool outdated = false;  // sealed under an older master secret: seal it again
};

/// AES-256-GCM under a key of the newest master secret for this purpose, as base64url. It opens for the same purpose
/// and the same `bound_to` only. Throws std::length_error for more than longest_at_rest bytes.
std::string seal_at_rest(const KeyRing& keys, Random& random, std::string_view purpose, std::string_view bound_to,
                         std::string_view secret);
/// Nullopt when it was tampered with, belongs elsewhere, or its master secret is gone.
std::optional<OpenedAtRest> open_at_rest(const KeyRing& keys, std::string_view purpose, std::string_view bound_to,
                                         std::string_view sealed);

}  // namespace rowan::crypto
