#pragma once
// Not installed. Which account a person of a provider has (rowan_identities). Functions over a connection or a
// transaction; no state.
#include <rowan/base/realm.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/strategies/oauth2/person.hpp>

namespace rowan::strategies::oauth2 {

struct Linked {
  AccountId account{};
  std::int64_t generation = 0;  // of the account, read in the same statement
};
Result<std::optional<Linked>> find_identity(SqlConnection& connection, const Realm& realm, const Person& person);
/// False when this person has an account already, or the account has a person of this provider: nothing changed. Atomic
/// under any race.
Result<bool> add_identity(Transaction& transaction, const Realm& realm, const Person& person, AccountId account,
                          Timestamp now);
Result<> mark_used(Transaction& transaction, const Realm& realm, const Person& person, Timestamp now);

/// As it may be stored and shown: empty when it could not be, or would be long.
std::string shown_email(const Person& person);

/// What an account has of a provider, for its owner.
struct Identity {
  std::string provider{}, uid{}, email{};
  std::string strategy{};  // that the person came by last; empty: not since it is kept
  Timestamp created_at{}, last_used_at{};
};
/// Of all providers, the oldest first.
Result<std::vector<Identity>> identities_of(SqlConnection& connection, AccountId account);
Result<std::optional<Identity>> identity_of(SqlConnection& connection, AccountId account, std::string_view provider);
/// False when it is not there any more.
Result<bool> remove_identity(Transaction& transaction, AccountId account, std::string_view provider,
                             std::string_view uid);
/// Of all providers.
Result<> forget_identities(Transaction& transaction, AccountId account);
/// Of all accounts: the provider is there no more.
Result<> forget_identities(Transaction& transaction, const Realm& realm, std::string_view provider);

}  // namespace rowan::strategies::oauth2
