#pragma once
// Short codes that people type from a mail, each bound to the flow that asked for it (NIST SP 800-63B-4
// section 3.1.3).
#include <rowan/tokens/link_tokens.hpp>

namespace rowan::tokens {

struct NewCode {
  NewLink about;                  // purpose, account, lifetime
  std::string flow{};             // the flow of an earlier request of this visitor; empty: a new one is made
  std::string code{};             // as it will be compared; empty: no code ever matches (the same row is written).
                                  // Never matches either when `about` is withheld
  std::int64_t max_attempts = 5;  // guesses at this code
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
  std::optional<RightCode> right{};        // absent when the code is wrong, of another flow, expired, used or without
                                           // guesses left
  std::optional<Timestamp> spent_until{};  // set when the flow's codes have no guesses left: when they expire
};

/// Thread-safe. Only keyed hashes of flow and code are stored.
class Codes {
 public:
  Codes(const crypto::KeyRing& keys, const Clock& clock, Random& random);
  ~Codes();
  Codes(const Codes&) = delete;
  Codes& operator=(const Codes&) = delete;
  /// Returns the flow that the code is bound to. Earlier codes of that flow stay valid until one is used.
  Result<std::string> issue(Transaction& transaction, const NewCode& code);
  /// The account that a right guess in this flow, at this address, would open. Nil: it would make an account, or no
  /// code was mailed. Nullopt when no guess can be right: the flow is made up or of someone else, or its codes are
  /// used, expired or without guesses left.
  Result<std::optional<AccountId>> account_behind(SqlConnection& connection, std::string_view flow,
                                                  const EmailKey& address, Purpose purpose, const Realm& realm) const;
  /// Counts one guess at every live code of the flow, in a transaction of its own, before it compares. So even a burst
  /// of parallel guesses gets no more than max_attempts comparisons.
  Result<Guess> guess(Database& database, const TypedCode& typed, Purpose purpose, const Realm& realm) const;
  /// Uses the code up: true for at most one caller ever. The other codes of this purpose for its account or address end
  /// with it.
  Result<bool> consume(Transaction& transaction, const RightCode& right, Purpose purpose, const Realm& realm) const;
  /// Ends all codes of this purpose for this account (nil: none) or address.
  Result<> end_all_for(Transaction& transaction, AccountId account, const EmailKey& address, Purpose purpose,
                       const Realm& realm) const;
  /// Removes codes that expired more than a day ago.
  Result<> expire(Sweep& sweep) const;

 private:
  std::string flow_hash(const crypto::HmacSha256& mac, std::string_view flow) const;
  const Clock* clock_;
  Random* random_;
  std::vector<crypto::HmacSha256> macs_;  // newest secret first
};

/// They are few: the row of a withheld code names no account, and a limit bounds the mails that leave.
Result<> end_codes_of(Transaction& transaction, AccountId account, Timestamp now);

}  // namespace rowan::tokens
