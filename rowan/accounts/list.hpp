#pragma once
// Lists of accounts for administrators: page by page, each by an index.
#include <rowan/accounts/accounts.hpp>
#include <vector>

namespace rowan {

/// Which accounts a list has, by id, which is the order in which they were made.
struct UserFilter {
  enum class State : std::uint8_t { all, usable, disabled, closed };
  static constexpr std::size_t max_limit = 1000;

  Realm realm{};
  State state = State::all;
  AccountId after{};       // the last of the page before; nil: from the first
  std::size_t limit = 50;  // 1 to max_limit
};

namespace accounts {

/// `invalid_input` for a limit outside its bounds.
Result<std::vector<Account>> list(SqlConnection& connection, const UserFilter& filter);

}  // namespace accounts

}  // namespace rowan
