#pragma once
// Not installed. The public keys that a provider publishes (JWKS, RFC 7517 section 5).
#include <rowan/crypto/jose/jwk.hpp>
#include <vector>

namespace rowan::crypto::jose {

class Jws;

inline constexpr std::size_t most_key_set_bytes = 128 * 1024, most_keys_of_a_set = 64;

/// Immutable, thread-safe to use.
class KeySet {
 public:
  /// `malformed_request` when it is no set, is over its bounds, or one of its keys is secret: who publishes that has
  /// lost it. A key that is not used here (another type or curve, for encryption, too short …) is left out, as RFC 7517
  /// section 5 says.
  static Result<KeySet> parse(std::string_view json);

  const std::vector<Jwk>& keys() const { return keys_; }
  /// Why keys of the set were left out, for the one who sets a provider up.
  const std::vector<std::string>& left_out() const { return left_out_; }
  /// The key to verify it with: the one that has its kid and suits its algorithm, or the only one that suits when the
  /// token names none (OpenID Connect Core section 10.1). Two that differ are refused: one of them is not meant. The
  /// pointer lives as long as the set.
  Result<const Jwk*> find(const Jws& token) const;
  /// Whether a key of the set has the token's kid. When not, the provider may have new keys: fetch them, but not
  /// because of every token that comes.
  bool knows_key_of(const Jws& token) const;

 private:
  std::vector<Jwk> keys_{};
  std::vector<std::string> left_out_{};
};

}  // namespace rowan::crypto::jose
