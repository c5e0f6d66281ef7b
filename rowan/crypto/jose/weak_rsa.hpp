#pragma once
// Internal. The RSA keys of CVE-2017-15361 ("ROCA"), whose private part can be computed.
#include <cstddef>
#include <span>

namespace rowan::crypto::jose {

/// Such a modulus is a power of 65537 modulo every small prime. A sound one is so once in about 2^27 times.
bool is_weak_rsa_modulus(std::span<const std::byte> modulus);

}  // namespace rowan::crypto::jose
