#pragma once
// Single-use tokens that leave by mail or live for a minute: `id.secret`, only a keyed hash is stored
// (docs/architecture.md#mail).
#include <rowan/base/clock.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/base/purpose.hpp>
#include <rowan/base/random.hpp>
#include <rowan/base/realm.hpp>
#include <rowan/base/strong_id.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/sweep.hpp>

namespace rowan::crypto {
class KeyRing;
class HmacSha256;
}  // namespace rowan::crypto

namespace rowan::tokens {

struct NewLink {
  Purpose purpose;
  Realm realm{};
  AccountId account{};          // nil: an address nobody has; the same rows are written for it
  std::int64_t generation = 0;  // of the account when it was asked for
  EmailKey address_key{};       // what it proves
  Json data = Json({});
  std::chrono::seconds lifetime{};
  std::string asked_from{}, asked_with{};  // address and browser, shown to who opens it
  std::string flow{};                      // what binds it to who caused it; kept as a hash. Empty: nothing does
};

struct Link {
  AccountId account{};
  std::int64_t generation = 0;
  EmailKey address_key{};
  std::string asked_from{}, asked_with{};
  Json data = Json({});
  Timestamp created_at{}, expires_at{};
  std::string flow_hash{};
  /// Whether it was caused by who holds this flow. Never, when one of them has none.
  bool is_of_flow(std::string_view flow) const;
};

/// How a flow is kept. No key: it is 256 random bits. Empty for an empty one.
std::string hash_of_flow(std::string_view flow);

/// What dies with a link that is used: all of its purpose for its account or address, or only those asked for later.
enum class Siblings { all, newer };

/// From a row with the columns of sql::look_at_link, read by name: all but the flow.
Link link_from(const SqlRow& row);

/// Thread-safe.
class LinkTokens {
 public:
  LinkTokens(const crypto::KeyRing& keys, const Clock& clock, Random& random);
  ~LinkTokens();
  LinkTokens(const LinkTokens&) = delete;
  LinkTokens& operator=(const LinkTokens&) = delete;
  /// The text to mail. Several outstanding ones are all valid until one is used.
  Result<std::string> issue(Transaction& transaction, const NewLink& link);
  /// What it says, without using it up; nullopt for every bad, foreign, expired or used one.
  Result<std::optional<Link>> look(SqlConnection& connection, std::string_view text, Purpose purpose,
                                   const Realm& realm) const;
  /// The newest outstanding one of this purpose for an address that this flow caused; nullopt when there is none, and
  /// for an empty flow.
  Result<std::optional<Link>> newest_for(SqlConnection& connection, const EmailKey& address, std::string_view flow,
                                         Purpose purpose, const Realm& realm) const;
  /// Uses it: at most one caller ever gets it. The other outstanding ones of this purpose for its account or address
  /// die with it.
  Result<std::optional<Link>> consume(Transaction& transaction, std::string_view text, Purpose purpose,
                                      const Realm& realm, Siblings dying = Siblings::all) const;
  /// Those of this purpose for this address, of whomever.
  Result<> end_all_for(Transaction& transaction, const EmailKey& address, Purpose purpose, const Realm& realm) const;
  Result<> end_all_of(Transaction& transaction, AccountId account) const;
  /// Removes those that expired a day ago.
  Result<> expire(Sweep& sweep) const;

 private:
  const Clock* clock_;
  Random* random_;
  std::vector<crypto::HmacSha256> macs_;  // newest secret first
};

}  // namespace rowan::tokens
