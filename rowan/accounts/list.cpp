#include <rowan/accounts/account_row.hpp>
#include <rowan/accounts/list.hpp>
#include <rowan/accounts/queries.hpp>
#include <rowan/base/try.hpp>

namespace rowan::accounts {

namespace {

// The page is cut before anything is joined to it.
constexpr storage::Literal page_of_accounts{R"sql(
  FROM (
    SELECT *
    FROM rowan_accounts
    WHERE tenant = :tenant AND subject = :subject AND id > :after
)sql"};
constexpr storage::Literal with_the_rest{R"sql(
    ORDER BY id LIMIT :most) AS a
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  LEFT JOIN rowan_identifiers i ON i.account_id = a.id AND i.kind = 'email'
  ORDER BY a.id, i.created_at
)sql"};
constexpr Sql all = sql_of<"SELECT", sql::columns, page_of_accounts, with_the_rest>;
// A state in the text, so that its own index serves it.
constexpr Sql usable =
    sql_of<"SELECT", sql::columns, page_of_accounts, "AND disabled_at IS NULL AND closed_at IS NULL", with_the_rest>;
constexpr Sql disabled = sql_of<"SELECT", sql::columns, page_of_accounts,
                                "AND disabled_at IS NOT NULL AND closed_at IS NULL", with_the_rest>;
constexpr Sql closed = sql_of<"SELECT", sql::columns, page_of_accounts, "AND closed_at IS NOT NULL", with_the_rest>;

const Sql& page_of(UserFilter::State state) {
  switch (state) {
    case UserFilter::State::all: return all;
    case UserFilter::State::usable: return usable;
    case UserFilter::State::disabled: return disabled;
    case UserFilter::State::closed: return closed;
  }
  return all;
}

}  // namespace

Result<std::vector<Account>> list(SqlConnection& connection, const UserFilter& filter) {
  if (filter.limit < 1 || filter.limit > UserFilter::max_limit)
    return Error{.code = ErrorCode::invalid_input,
                 .reason = "limit: must be 1 to " + std::to_string(UserFilter::max_limit)};
  ROWAN_TRY(const auto rows, connection.query(page_of(filter.state), {{"tenant", filter.realm.tenant},
                                                                      {"subject", filter.realm.subject},
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
