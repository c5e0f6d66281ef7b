#pragma once
// Accounts and the identifiers they are found by (docs/architecture.md#identifiers). Functions over a connection or a
// transaction; no state.
#include <rowan/accounts/user.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/storage/database.hpp>

namespace rowan::accounts {

/// A user with what only the engine needs.
struct Account {
  User user{};
  std::int64_t generation = 0;
  std::int64_t tenant_generation = 0;
  std::optional<Timestamp> disabled_at{};
  std::optional<Timestamp> closed_at{};
  bool usable() const { return !disabled_at && !closed_at; }
};

Result<std::optional<Account>> find(SqlConnection& connection, AccountId id);
Result<std::optional<Account>> find_by_email(SqlConnection& connection, const Realm& realm, const EmailKey& email);
/// Locks the row until the transaction ends, then reads it.
Result<std::optional<Account>> lock(Transaction& transaction, AccountId id);

struct NewAccount {
  AccountId id{};
  Realm realm{};
  std::int64_t generation = 0;         // fresh numbers, see tokens::Numbers
  std::int64_t tenant_generation = 0;  // used when the account is its tenant's first
  std::string locale{};
  Json extra = Json({});
  std::optional<Timestamp> verified_at{};
};
/// False when the address is taken: nothing was inserted. Atomic under any race.
Result<bool> create(Transaction& transaction, const NewAccount& account, const EmailAddress& email, Timestamp now);

/// The old generation is the caller's to revoke, in this transaction.
Result<> set_generation(Transaction& transaction, AccountId id, std::int64_t generation, Timestamp now);
Result<> set_disabled(Transaction& transaction, AccountId id, std::optional<Timestamp> since, Timestamp now);
/// Replaces the account's address, not proven yet. False when another account has it: nothing was changed. Atomic under
/// any race.
Result<bool> change_email(Transaction& transaction, const Account& account, const EmailAddress& email, Timestamp now);
/// Takes an address from another account of the same tenant and subject, for one whose owner just proved it: from one
/// that never proved it, and from one that was made since that account lost it.
Result<> free_unproven(Transaction& transaction, const Account& account, const EmailAddress& email,
                       Timestamp made_since);
/// Marks an address as proven; false when it was already, or is not this account's.
Result<bool> verify_email(Transaction& transaction, AccountId id, const EmailKey& email, Timestamp now);

Result<> set_extra(Transaction& transaction, AccountId id, const Json& extra, Timestamp now);
/// Anonymises: its identifiers go, so that others may take them; `extra` and `locale` are emptied; it is closed.
Result<> close(Transaction& transaction, AccountId id, Timestamp now);
/// The row goes, with what references it in Rowan's tables. Fails where a row of the application still holds it.
Result<> erase(Transaction& transaction, AccountId id);

}  // namespace rowan::accounts
