#pragma once
// Not installed. HMAC with SHA-2 (RFC 7518 section 3.2), for a secret that both sides have.
#include <rowan/base/result.hpp>
#include <rowan/base/secret.hpp>
#include <rowan/crypto/jose/algorithm.hpp>
#include <span>
#include <vector>

namespace rowan::crypto::jose {

/// A type of its own, which only a Secret makes: no key that a provider publishes can be taken for one.
/// Thread-safe to use.
class HmacKey {
 public:
  explicit HmacKey(const Secret& secret) : secret_(secret.copy()) {}

  /// Whether the algorithm has a shared key and this one is as long as its hash, as RFC 7518 section 3.2 wants.
  bool suits(Algorithm algorithm) const;
  /// Empty when it does not suit.
  std::vector<std::byte> sign(Algorithm algorithm, std::span<const std::byte> bytes) const;
  bool verify(Algorithm algorithm, std::span<const std::byte> tag, std::span<const std::byte> bytes) const;

 private:
  Secret secret_;
};

}  // namespace rowan::crypto::jose
