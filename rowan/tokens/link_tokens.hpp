#pragma once
// Single-use tokens, for mailed links and for sign-in tokens. A token is `id.secret`; only a keyed hash of it is stored
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
  AccountId account{};          // nil: no account has the address; the same rows are written
  std::int64_t generation = 0;  // of the account, when the link was asked for
  EmailKey address_key{};       // the address that using the link proves
  Json data = Json({});
  std::chrono::seconds lifetime{};
  std::string asked_from{}, asked_with{};  // IP address and browser of the request, shown to the person who opens it
  std::string flow{};                      // ties it to the browser or program that asked for it; stored as a hash.
                                           // Empty: not tied
  /// The mail with this link is never sent. A row is written all the same, but it names neither the account nor the
  /// address (key_of_withheld). So the rows of an account or an address are bounded by the mails that were sent,
  /// however many a stranger asks for: code that ends them all stays quick.
  bool withheld = false;
};

struct Link {
  AccountId account{};
  std::int64_t generation = 0;
  EmailKey address_key{};
  std::string asked_from{}, asked_with{};
  Json data = Json({});
  Timestamp created_at{}, expires_at{};
  std::string flow_hash{};
  /// Whether the holder of this flow asked for it. False when the link or the caller has no flow.
  bool is_of_flow(std::string_view flow) const;
};

/// The hash of a flow, as it is stored. It needs no key, because a flow is 256 random bits. Empty for an empty flow.
std::string hash_of_flow(std::string_view flow);
/// Which flow it is, without being it: for a form, or a provider's `state`. 96 bits as base64url; empty for an empty
/// one.
std::string id_of_flow(std::string_view flow);

/// What the row of a withheld link or code has in place of the address. It finds a registration that waits again;
/// nothing else looks for it.
EmailKey key_of_withheld(const EmailKey& address);

/// Which other links of the same purpose, for the same account or address, end when a link is used: all of them, only
/// those that were asked for later, or none.
enum class Siblings { all, newer, none };

/// Reads a row with the columns `sql::about` by their names: everything but the flow.
Link link_from(const SqlRow& row);

/// Thread-safe.
class LinkTokens {
 public:
  LinkTokens(const crypto::KeyRing& keys, const Clock& clock, Random& random);
  ~LinkTokens();
  LinkTokens(const LinkTokens&) = delete;
  LinkTokens& operator=(const LinkTokens&) = delete;
  /// Returns the text to mail. Several outstanding links are all valid until one is used.
  Result<std::string> issue(Transaction& transaction, const NewLink& link);
  /// Reads a link without using it up; nullopt when it is malformed, of another purpose or realm, expired or used.
  Result<std::optional<Link>> look(SqlConnection& connection, std::string_view text, Purpose purpose,
                                   const Realm& realm) const;
  /// The newest outstanding link of this purpose for this address that the holder of the flow asked for; nullopt when
  /// there is none, and for an empty flow.
  Result<std::optional<Link>> newest_for(SqlConnection& connection, const EmailKey& address, std::string_view flow,
                                         Purpose purpose, const Realm& realm) const;
  /// Uses the link up: at most one caller ever gets it. The other outstanding links of this purpose for its account or
  /// address end with it (`dying`).
  Result<std::optional<Link>> consume(Transaction& transaction, std::string_view text, Purpose purpose,
                                      const Realm& realm, Siblings dying = Siblings::all) const;
  /// Ends all links of this purpose for this address, whatever the account.
  Result<> end_all_for(Transaction& transaction, const EmailKey& address, Purpose purpose, const Realm& realm) const;
  /// Ends all links of this account, whose row must be locked. They are few: those whose mails were sent, which the
  /// limits of mails bound (see NewLink::withheld), and those that the account's own sessions asked for.
  Result<> end_all_of(Transaction& transaction, AccountId account) const;
  /// Ends at most that many: for an account that gets a new generation in this transaction. A link of an older
  /// generation is refused, so the others are dead without being marked.
  Result<> end_some_of(Transaction& transaction, AccountId account, std::int64_t at_most) const;
  /// Removes links that expired more than a day ago.
  Result<> expire(Sweep& sweep) const;

 private:
  const Clock* clock_;
  Random* random_;
  std::vector<crypto::HmacSha256> macs_;  // newest secret first
};

}  // namespace rowan::tokens
