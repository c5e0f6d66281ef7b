#pragma once
// Not installed. The keys of accounts: rows, and the one place where a key is looked at.
#include <rowan/engine/parts/letters.hpp>
#include <rowan/strategies/api_key/api_key.hpp>

namespace rowan::strategies::api_key {

/// Whose key it is to be.
struct OwnerOfKey {
  const Requester& requester;
  AccountId account{};
  /// As it was when the owner signed in; refused when the account has another by now. Absent: an administrator makes
  /// it.
  std::optional<std::int64_t> generation{};
};
/// Stores a key and writes the letter to the owner, in one transaction with `with`. What the options do not allow is
/// `invalid_input` of its field.
Result<NewKey> make_key(const OwnerOfKey& owner, const KeyWish& wish, const ApiKeyOptions& options,
                        const Services::With& with = {});

/// What is not revoked, the newest first.
Result<std::vector<KeyRecord>> keys_of(SqlConnection& connection, const Services& services, AccountId account,
                                       const ApiKeyOptions& options);

/// False: it is so already. `not_found` when the account has no such key.
Result<bool> revoke_key(Transaction& transaction, const Services& services, AccountId account, std::string_view id);

/// `words`: options.scopes, which outlive the answer.
Result<Identification> look_up_key(const Services& services, const Realm& realm, std::string_view text,
                                   const ApiKeyOptions& options);

Result<> tell_of_uses(const Services& services, std::span<const CredentialUse> uses);

Result<> forget_keys(Transaction& transaction, AccountId account);
Result<> expire_keys(Sweep& sweep);

}  // namespace rowan::strategies::api_key
