#pragma once
// Short codes that people type from a mail, each bound to the flow that asked for it (NIST SP 800-63B-4
// section 3.1.3).
#include <rowan/tokens/link_tokens.hpp>

namespace rowan::tokens {

struct NewCode {
  NewLink about;                  // purpose, whose, lifetime
  std::string flow{};             // of an earlier request of the same visitor, or empty: a new one is made
  std::string code{};             // as it will be compared; empty: no code will ever fit (the same row is written)
  std::int64_t max_attempts = 5;  // guesses at this one
};

/// What a visitor typed, and the flow they came with.
struct TypedCode {
  std::string_view flow{}, code{};
};

struct RightCode {
  std::string id{};
  Link about{};
};

struct Guess {
  std::optional<RightCode> right{};        // absent for every wrong, foreign, expired, used or spent one
  std::optional<Timestamp> spent_until{};  // the flow's codes have no guesses left, and expire then
};

/// Thread-safe. Only keyed hashes of flow and code are stored.
class Codes {
 public:
  Codes(const crypto::KeyRing& keys, const Clock& clock, Random& random);
  ~Codes();
  Codes(const Codes&) = delete;
  Codes& operator=(const Codes&) = delete;
  /// The flow the code is bound to. Earlier codes of it stay valid until one is used.
  Result<std::string> issue(Transaction& transaction, const NewCode& code);
  /// Whether a guess in this flow at this address can fit: the account it would open (nil: it would make one, or no
  /// code was mailed), nullopt for a made-up or foreign flow and for codes that are used, expired or have no guesses
  /// left.
  Result<std::optional<AccountId>> account_behind(SqlConnection& connection, std::string_view flow,
                                                  const EmailKey& address, Purpose purpose, const Realm& realm) const;
  /// Counts one guess at every live code of the flow, in a transaction of its own before comparing: a burst of parallel
  /// guesses evaluates no more than max_attempts.
  Result<Guess> guess(Database& database, const TypedCode& typed, Purpose purpose, const Realm& realm) const;
  /// Uses it: true for at most one caller ever. The other codes of this purpose for its account or address die with it.
  Result<bool> consume(Transaction& transaction, const RightCode& right, Purpose purpose, const Realm& realm) const;
  /// Those of this purpose for this account (nil: none) or address.
  Result<> end_all_for(Transaction& transaction, AccountId account, const EmailKey& address, Purpose purpose,
                       const Realm& realm) const;
  /// Removes those that expired a day ago.
  Result<> expire(Sweep& sweep) const;

 private:
  std::string flow_hash(const crypto::HmacSha256& mac, std::string_view flow) const;
  const Clock* clock_;
  Random* random_;
  std::vector<crypto::HmacSha256> macs_;  // newest secret first
};

Result<> end_codes_of(Transaction& transaction, AccountId account, Timestamp now);

}  // namespace rowan::tokens
