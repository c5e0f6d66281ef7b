#pragma once
// Not installed. Lists of accounts for administrators: page by page, each by an index.
#include <rowan/accounts/accounts.hpp>
#include <vector>

namespace rowan {

namespace accounts {

/// `invalid_input` for a limit outside its bounds.
Result<std::vector<Account>> list(SqlConnection& connection, const UserFilter& filter);

}  // namespace accounts

}  // namespace rowan
