#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/tokens/codes.hpp>
#include <rowan/tokens/devices.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/queries.hpp>

namespace rowan::tokens {

Result<> end_everything_of(Transaction& transaction, accounts::Account& account, std::int64_t new_generation,
                           Revocation& revocation, const LinkTokens& links, Timestamp now) {
  ROWAN_CHECK(links.end_some_of(transaction, account.user.id, most_rows_marked));
  ROWAN_CHECK(end_codes_of(transaction, account.user.id, now));
  ROWAN_CHECK(forget_devices_of(transaction, account.user.id));
  ROWAN_CHECK(accounts::set_generation(transaction, account.user.id, new_generation, now));
  // The rows say it too, for a list of sessions. One with a later end than ours was made by a node whose clock is
  // ahead.
  ROWAN_TRY(const auto rows,
            transaction.query(sql::revoke_tokens_of,
                              {{"now", now}, {"account", account.user.id}, {"most", most_rows_marked}}));
  auto until = now + longest_lifetime;
  for (const auto& row : rows) until = std::max(until, row.time("expires_at"));
  revocation.revoke(transaction, account.generation, until);
  revocation.account_changed(transaction, account.generation);
  account.generation = new_generation;
  return {};
}

}  // namespace rowan::tokens
