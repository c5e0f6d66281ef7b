#include <rowan/base/try.hpp>
#include <rowan/tokens/codes.hpp>
#include <rowan/tokens/devices.hpp>
#include <rowan/tokens/end_account.hpp>

namespace rowan::tokens {

Result<> end_everything_of(Transaction& transaction, accounts::Account& account, std::int64_t new_generation,
                           Revocation& revocation, const LinkTokens& links, Timestamp now) {
  ROWAN_CHECK(links.end_all_of(transaction, account.user.id));
  ROWAN_CHECK(end_codes_of(transaction, account.user.id, now));
  ROWAN_CHECK(forget_devices_of(transaction, account.user.id));
  ROWAN_CHECK(accounts::set_generation(transaction, account.user.id, new_generation, now));
  revocation.revoke(transaction, account.generation, now + longest_lifetime);
  revocation.account_changed(transaction, account.generation);
  account.generation = new_generation;
  return {};
}

}  // namespace rowan::tokens
