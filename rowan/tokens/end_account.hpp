#pragma once
// Not installed. "Everything of this account ends": a new generation, the old one dead, in the caller's transaction
// (docs/architecture.md#revocation).
#include <rowan/accounts/accounts.hpp>
#include <rowan/tokens/link_tokens.hpp>
#include <rowan/tokens/revocation.hpp>

namespace rowan::tokens {

/// So many rows of tokens, and of links, are marked as dead with their account; of more, the generation alone says it.
inline constexpr std::int64_t most_rows_marked = 1000;

/// No session or token may live longer: as long as this, a dead generation is remembered.
inline constexpr std::chrono::days longest_lifetime{60};

/// Sessions, bearer tokens, outstanding links and codes of the account end, and its browsers are strangers again, when
/// the transaction commits; `account` carries the new generation afterwards. The row must be locked; `new_generation`
/// comes fresh from Numbers.
Result<> end_everything_of(Transaction& transaction, accounts::Account& account, std::int64_t new_generation,
                           Revocation& revocation, const LinkTokens& links, Timestamp now);

}  // namespace rowan::tokens
