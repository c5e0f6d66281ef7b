#pragma once
// Not installed. An account as a row of accounts/queries.hpp has it.
#include <rowan/accounts/accounts.hpp>

namespace rowan::accounts {

/// From its columns by name, those of queries.hpp. `internal` for a subject or tenant of no such name.
Result<Account> account_from(const SqlRow& row);

}  // namespace rowan::accounts
