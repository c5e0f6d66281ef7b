#pragma once
// Not installed. The keys that sign bearer tokens by an algorithm with a public key
// (docs/architecture.md#signing-keys): rows that all nodes share, and what this node knows of them.
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <rowan/base/clock.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/base/random.hpp>
#include <rowan/crypto/block.hpp>
#include <rowan/crypto/jose/jwk.hpp>
#include <rowan/crypto/jose/signing_key.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/tokens/numbers.hpp>
#include <rowan/tokens/revocation.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::tokens {

struct SigningKeyRules {
  crypto::jose::Algorithm algorithm = crypto::jose::Algorithm::hs256;  // of new keys; HS: none are made
  crypto::jose::Algorithms accepted{};                                 // whose tokens are taken, that one among them
  int rsa_bits = crypto::jose::least_rsa_bits_of_ours;
  std::chrono::seconds rotate_every = std::chrono::days(90);  // 0: never
  /// So long before it signs, a new key is in the JWKS. The key before it signs until then.
  std::chrono::seconds publish_before = std::chrono::hours(1);
};

/// A client may keep the JWKS for so long. publish_before is at least twice that.
inline constexpr std::chrono::seconds key_set_max_age{900};
/// Keys of one algorithm that are not retired; a JWKS has no more of them.
inline constexpr std::size_t most_signing_keys = 32;

/// The first part of a token, with the dot: {"alg":"ES256","typ":"JWT","kid":"…"} as base64url.
std::string token_header(crypto::jose::Algorithm algorithm, std::string_view type, std::string_view kid);

/// A row as this node read it. Immutable.
struct KnownKey {
  std::string kid{};
  crypto::jose::Algorithm algorithm{};
  std::int64_t turn = 0, number = 0;
  Timestamp created_at{}, active_from{};
  std::optional<Timestamp> retires_at{};
  Json public_jwk = Json({});
  std::string sealed{};
  std::string header{};  // token_header of the type "JWT"
  // Absent: its master secret is gone, so it neither signs nor verifies.
  struct Parts {
    crypto::jose::Jwk verifier;
    crypto::jose::SigningKey signer;
    crypto::BlockKey block;  // of its tokens' jti
  };
  std::shared_ptr<const Parts> parts{};
  bool outdated = false;  // sealed under an older master secret
};

/// What a node knows, read in one query. Immutable.
struct KnownKeys {
  std::vector<std::shared_ptr<const KnownKey>> all{};  // newest turn first
  std::vector<std::string> retired{};  // kids whose rows are still there: a look at the table would find no more
  std::int64_t last_turn = 0;          // of the algorithm that signs, retired ones among them
  std::string jwks{}, etag{};

  /// With the header of a token of type JWT; null for others.
  std::shared_ptr<const KnownKey> with_header(std::string_view token) const;
};

/// Thread-safe. Each function that may block says so.
class SigningKeys {
 public:
  SigningKeys(SigningKeyRules rules, const crypto::KeyRing& keys, Database& database, Numbers& numbers,
              Revocation& revocation, const Clock& clock, Random& random, Logger& logger);
  ~SigningKeys();

  const SigningKeyRules& rules() const { return rules_; }
  /// Whether tokens are signed, or still taken, that have a public key.
  bool is_used() const { return is_used_; }
  /// Whether a kid is one that a node with one of our secrets made up: no one else can invent any.
  bool is_ours(std::string_view kid) const;

  /// Changes with every change of what is known. No lock.
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  std::shared_ptr<const KnownKeys> known() const;
  /// Whether they were read within the last ten minutes.
  bool is_fresh() const;
  /// Whether a token's kid may be of a key that is not known here yet: a kid of ours, or any before the first read,
  /// when the secret that it was made by may be gone; and none that was looked for in vain.
  bool may_be_new(std::string_view kid) const;
  /// Whether the feed says that it was retired. No lock.
  bool is_dead(std::int64_t number) const;

  // These may block.
  /// The key to sign with now. Reads, and makes what is missing, when nothing fresh is known.
  Result<std::shared_ptr<const KnownKey>> to_sign();
  /// Reads the rows; makes the first key, and the next when it is time; seals again what an older secret sealed.
  Result<> refresh();
  /// The same when half a minute has passed since, or a key that is known was retired.
  Result<> refresh_if_due();
  /// For a token whose kid may be new. Not more often than once a second, whether it can be read or not: `unavailable`
  /// then. A kid that is not there was removed long ago and is not looked for again.
  Result<> look_again(std::string_view kid);
  /// The next key, to sign from publish_before on, or `at_once`. Its kid.
  Result<std::string> rotate(bool at_once);
  /// Tokens that it signed are refused: here when it returns, elsewhere within the bound of revocation. `not_found`
  /// when no such key is there. A new one is made when none is left.
  Result<> retire(std::string_view kid);
  /// After a restored backup: it may have a key back that was retired since.
  Result<> retire_all(Transaction& transaction) const;
  /// Removes what was retired a day ago.
  static Result<> expire(Sweep& sweep);

 private:
  using Known = std::shared_ptr<const KnownKeys>;
  Result<Known> read();
  std::shared_ptr<const KnownKey> read_row(const SqlRow& row, const Known& before) const;
  std::shared_ptr<const KnownKey> key_to_sign(const KnownKeys& known, Timestamp now) const;
  bool is_due(const KnownKeys& known, Timestamp now) const;
  /// Its kid; empty: another node was quicker, and its key is as good.
  Result<std::string> make_next(const KnownKeys& known, Timestamp active_from);
  Result<> seal_again(const KnownKeys& known);
  void take_over(Known read, std::chrono::nanoseconds began);
  Result<> refresh_alone();
  std::string make_kid();

  SigningKeyRules rules_;
  bool is_used_;
  const crypto::KeyRing* keys_;
  Database* database_;
  Numbers* numbers_;
  Revocation* revocation_;
  const Clock* clock_;
  Random* random_;
  Logger* logger_;
  std::vector<crypto::HmacSha256> macs_{};  // of kids, newest secret first
  std::atomic<std::uint64_t> version_{0};
  std::atomic<std::int64_t> read_at_{-1};  // elapsed, before the last read
  std::chrono::nanoseconds first_read_at_{-1};
  std::chrono::nanoseconds looked_at_{-1};  // under refreshing_; elapsed, of look_again
  std::vector<std::string> gone_{};         // under mutex_: kids that were looked for in vain, the newest last
  mutable std::mutex mutex_{};              // of known_; held for a copy of the pointer
  Known known_;
  std::mutex refreshing_{};
};

}  // namespace rowan::tokens
