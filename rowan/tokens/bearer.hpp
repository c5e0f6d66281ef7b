#pragma once
// Not installed. Bearer tokens: JWT (RFC 7519) with `kid` in the header (docs/http_contract.md#tokens). The algorithm
// comes from our key, never from the header.
#include <expected>
#include <rowan/crypto/block.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/jose/algorithm.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/tokens/claims.hpp>
#include <rowan/tokens/signing_keys.hpp>
#include <rowan/tokens/verified_tokens.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rowan::tokens {

inline constexpr std::size_t max_bearer_bytes = 4096;

/// Why a text is not a valid bearer token.
enum class Unfit : std::uint8_t {
  malformed,  // not signed by us for this audience and purpose
  not_yet_valid,
  expired,
  unchecked  // its signature takes long to check, or its key is not known yet: check() says
};

/// What a token says, and the key that signed it.
struct Verified {
  Claims claims{};
  std::int64_t key = 0;  // by its number a key is revoked (Revocation::is_dead); 0: signed by a secret
};

struct BearerRules {
  std::string issuer{};
  std::vector<std::string> audience{};  // one or more
  crypto::jose::Algorithm algorithm = crypto::jose::Algorithm::hs256;
  crypto::jose::Algorithms accepted{crypto::jose::Algorithm::hs256};
  std::chrono::seconds leeway{60};         // before nbf, for clocks that differ; none after exp
  std::string acr_of_one{}, acr_of_two{};  // `acr` by how many factors were shown; empty: none is said
};

/// What a token is for, and what an application adds to it.
struct TokenContent {
  std::string_view purpose = "user";
  std::string extra{};  // of extra_claims_text
};

/// Thread-safe. It verifies only tokens that it made: header and payload have one canonical spelling, and after the
/// signature a strict scan accepts only that spelling. So `alg`, `jku`, `crit`, duplicate members and the like are
/// never interpreted. A token for a purpose of the application's has a `typ` of its own: a text is of one purpose only.
class BearerTokens {
 public:
  /// HS256 only.
  BearerTokens(const crypto::KeyRing& keys, std::string_view issuer, std::string_view audience);
  /// All must outlive it.
  BearerTokens(const crypto::KeyRing& keys, BearerRules rules, SigningKeys& signing_keys, Random& random);
  ~BearerTokens();

  /// May block, with a public-key algorithm: see SigningKeys. Call it before a transaction that makes a token, and no
  /// token is lost for want of a key.
  Result<> prepare() const;
  /// May block likewise, and signs, which takes up to a millisecond.
  Result<std::string> issue(const Claims& claims, Timestamp now, const TokenContent& content = {}) const;

  /// Of the purpose "user". Checks signature, issuer, audience, purpose and times. The caller checks whether it was
  /// revoked, or its key. No allocation, no I/O; no lock for HS algorithms, and that of a look-up for the others.
  std::expected<Claims, Unfit> verify(std::string_view token, Timestamp now, std::int64_t* key = nullptr) const;
  /// The same, also for what verify() leaves unchecked. It may block. `unavailable` when a key cannot be read now.
  Result<std::expected<Verified, Unfit>> check(std::string_view token, Timestamp now,
                                               std::string_view purpose = "user") const;

  /// What a `jti` says, for each key that it may have been made with: nothing in it tells which, or whether it was made
  /// here at all. Empty for text of another form.
  std::vector<TokenNumbers> read_jti(std::string_view jti) const;
  /// What names a token with these numbers to people and programs.
  std::string jti_of(const TokenNumbers& numbers) const;
  /// Every claim of a token that was verified.
  static Result<Json> claims_of(std::string_view token);
  /// What a token that was not verified yet says it is for, to check it for just that; "user" when it says nothing.
  static std::string purpose_named_by(std::string_view token);

 private:
  struct Signer {
    std::variant<crypto::HmacSha256, crypto::HmacSha512> mac;
    crypto::BlockKey block;
    crypto::jose::Algorithm algorithm{};
    std::string kid{};
    std::string header{};  // base64url, with the dot
    std::size_t tag_letters = 0;
  };
  struct Scanned {
    Claims claims{};
    Timestamp not_before{};
  };
  void add_signers(const crypto::KeyRing& keys, crypto::jose::Algorithm algorithm);
  std::expected<Scanned, Unfit> scan(std::string_view payload, const crypto::BlockKey& block,
                                     std::string_view purpose) const;
  std::expected<Claims, Unfit> in_time(const Scanned& scanned, Timestamp now) const;
  std::expected<Scanned, Unfit> by_secret(std::string_view token, const Signer& signer, std::string_view header,
                                          std::string_view purpose) const;
  std::expected<Verified, Unfit> by_key(std::string_view token, const KnownKey& key, std::string_view header,
                                        std::string_view purpose, Timestamp now, std::uint64_t version) const;
  std::string payload_of(const Claims& claims, Timestamp now, const TokenContent& content,
                         const crypto::BlockKey& block) const;
  std::optional<std::string> kid_of_new_key(std::string_view token, std::string_view type) const;

  BearerRules rules_{};
  SigningKeys* signing_keys_ = nullptr;  // null: HS only
  std::unique_ptr<VerifiedTokens> seen_{};
  std::vector<crypto::BlockKey> of_numbers_{};  // of each secret, whatever signs
  std::vector<Signer> signers_{};               // of the algorithm that signs first, then newest secret first
  std::string opening_{};                       // {"iss":"…","aud":"…","sub":"
};

}  // namespace rowan::tokens
