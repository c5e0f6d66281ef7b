#pragma once
// Not installed. Deletes what is large about a closed account: where its tokens were used from, its links and codes. It
// deletes a thousand rows per transaction and records what is left, so that the next process continues after a crash.
#include <rowan/base/strong_id.hpp>
#include <rowan/storage/sweep.hpp>

namespace rowan::tokens {

/// So many rows of each kind are forgotten in the transaction that closes the account.
inline constexpr std::int64_t rows_forgotten_at_once = Sweep::rows_at_once;

/// The first of them; when there are more, forget_closed() goes on after the commit. The account must be closed in this
/// transaction: then nothing new comes.
Result<> forget_account(Transaction& transaction, AccountId account);
/// The rest, of all accounts that were closed on any node.
Result<> forget_closed(Sweep& sweep);

/// Every link and code of an account that is erased in this transaction: no reference deletes them with it.
Result<> drop_links_and_codes(Transaction& transaction, AccountId account);

/// Whether the account has more tokens, links or codes than may go in one statement.
Result<bool> has_many_rows(SqlConnection& connection, AccountId account);
/// Removes rows of these, up to that many of each; whether there may be more. Only when all of them are dead.
Result<bool> drop_some_rows(Transaction& transaction, AccountId account);

}  // namespace rowan::tokens
