#pragma once
// Not installed. Bearer tokens: JWT (RFC 7519) signed with HS256, `kid` in the header (docs/http_contract.md#tokens).
// The algorithm comes from our key, never from the header.
#include <expected>
#include <rowan/crypto/block.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/tokens/claims.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::tokens {

inline constexpr std::size_t max_bearer_bytes = 2048;

/// Why a text is not a valid bearer token.
enum class Unfit : std::uint8_t { malformed, not_yet_valid, expired };  // malformed: not signed by us for this audience

/// Immutable and thread-safe. It verifies only tokens that it made: header and payload have one canonical spelling, and
/// after the MAC a strict scan accepts only that spelling. So `alg`, `jku`, `crit`, duplicate members and the like are
/// never interpreted.
class BearerTokens {
 public:
  BearerTokens(const crypto::KeyRing& keys, std::string_view issuer, std::string_view audience);
  std::string issue(const Claims& claims, Timestamp now) const;
  /// Checks signature, issuer, audience, purpose and times. The caller checks whether it was revoked. No allocation.
  std::expected<Claims, Unfit> verify(std::string_view token, Timestamp now) const;
  /// What a `jti` says, for each secret that it may have been made with: nothing in it tells which, or whether it was
  /// made here at all. Empty for text of another form.
  std::vector<TokenNumbers> read_jti(std::string_view jti) const;
  /// What names a token with these numbers to people and programs.
  std::string jti_of(const TokenNumbers& numbers) const;

 private:
  struct Signer {
    crypto::HmacSha256 mac;
    crypto::BlockKey block;
    std::string header;  // base64url, with the dot
  };
  std::expected<Claims, Unfit> scan(std::string_view payload, const Signer& signer, Timestamp now) const;
  std::vector<Signer> signers_{};  // newest secret first
  std::string opening_{};          // {"iss":"…","aud":"…","sub":"
};

}  // namespace rowan::tokens
