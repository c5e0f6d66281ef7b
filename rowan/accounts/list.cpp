#include <rowan/accounts/account_row.hpp>
#include <rowan/accounts/list.hpp>
#include <rowan/accounts/queries.hpp>
#include <rowan/base/try.hpp>

namespace rowan::accounts {

namespace {

// As sql::state_of_account says it. Nothing for all of them.
std::string_view name_of(UserFilter::State state) {
  switch (state) {
    case UserFilter::State::all: break;
    case UserFilter::State::usable: return "usable";
    case UserFilter::State::disabled: return "disabled";
    case UserFilter::State::closed: return "closed";
  }
  return {};
}

}  // namespace

Result<std::vector<Account>> list(SqlConnection& connection, const UserFilter& filter) {
  if (filter.limit < 1 || filter.limit > UserFilter::max_limit)
    return Error{.code = ErrorCode::invalid_input,
                 .reason = "limit: must be 1 to " + std::to_string(UserFilter::max_limit)};
  ROWAN_TRY(const auto rows, connection.query(filter.state == UserFilter::State::all ? sql::list : sql::list_of_state,
                                              {{"tenant", filter.realm.tenant},
                                               {"subject", filter.realm.subject},
                                               {"state", name_of(filter.state)},
                                               {"after", filter.after},
                                               {"most", filter.limit}}));
  std::vector<Account> accounts;
  accounts.reserve(rows.size());
  for (const auto& row : rows) {
    ROWAN_TRY(auto account, account_from(row));
    // Of several addresses the oldest, as everywhere.
    if (accounts.empty() || accounts.back().user.id != account.user.id) accounts.push_back(std::move(account));
  }
  return accounts;
}

}  // namespace rowan::accounts
