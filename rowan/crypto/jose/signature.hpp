#pragma once
// Internal. A signature as a JWS has it: what OpenSSL reads and writes, but ECDSA's two numbers one behind the other,
// each as long as the curve's order (RFC 7518 section 3.4), not in DER.
#include <rowan/crypto/jose/algorithm.hpp>
#include <rowan/crypto/public_key.hpp>
#include <vector>

namespace rowan::crypto::jose {

/// Of an algorithm that has a public key.
SignatureScheme scheme_of(Algorithm algorithm);

/// How long one number of an ECDSA signature is; 0 for other schemes.
std::size_t ecdsa_number_size(SignatureScheme scheme);

/// 2 numbers of 66 bytes, each with a sign and a head, and the head of both.
inline constexpr std::size_t most_der_bytes = 2 * (66 + 1 + 2) + 3;
/// The size that was written into `into`; 0 when `signature` has not exactly two numbers of `number_size` bytes above
/// zero.
std::size_t ecdsa_to_der(std::span<const std::byte> signature, std::size_t number_size,
                         std::span<std::byte, most_der_bytes> into);
/// Empty when it is not the DER of two numbers that fit.
std::vector<std::byte> ecdsa_from_der(std::span<const std::byte> der, std::size_t number_size);

}  // namespace rowan::crypto::jose
