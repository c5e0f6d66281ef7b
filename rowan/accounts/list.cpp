#include <rowan/accounts/account_row.hpp>
#include <rowan/accounts/list.hpp>
#include <rowan/base/try.hpp>

namespace rowan::accounts {

namespace {

// The page is cut before anything is joined to it. A state in the text, so that its own index serves it.
constexpr Sql all{R"sql(
  SELECT a.id, a.subject, a.tenant, a.generation, COALESCE(t.generation, 0) AS tenant_generation, a.locale,
      a.extra, a.created_at, a.disabled_at, a.closed_at, i.shown, i.verified_at
  FROM (
    SELECT *
    FROM rowan_accounts
    WHERE tenant = :tenant AND subject = :subject AND id > :after
    ORDER BY id LIMIT :most) AS a
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  LEFT JOIN rowan_identifiers i ON i.account_id = a.id AND i.kind = 'email'
  ORDER BY a.id, i.created_at
)sql"};
constexpr Sql usable{R"sql(
  SELECT a.id, a.subject, a.tenant, a.generation, COALESCE(t.generation, 0) AS tenant_generation, a.locale,
      a.extra, a.created_at, a.disabled_at, a.closed_at, i.shown, i.verified_at
  FROM (
    SELECT *
    FROM rowan_accounts
    WHERE tenant = :tenant AND subject = :subject AND id > :after AND disabled_at IS NULL AND closed_at IS NULL
    ORDER BY id LIMIT :most) AS a
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  LEFT JOIN rowan_identifiers i ON i.account_id = a.id AND i.kind = 'email'
  ORDER BY a.id, i.created_at
)sql"};
constexpr Sql disabled{R"sql(
  SELECT a.id, a.subject, a.tenant, a.generation, COALESCE(t.generation, 0) AS tenant_generation, a.locale,
      a.extra, a.created_at, a.disabled_at, a.closed_at, i.shown, i.verified_at
  FROM (
    SELECT *
    FROM rowan_accounts
    WHERE tenant = :tenant AND subject = :subject AND id > :after AND disabled_at IS NOT NULL AND closed_at IS NULL
    ORDER BY id LIMIT :most) AS a
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  LEFT JOIN rowan_identifiers i ON i.account_id = a.id AND i.kind = 'email'
  ORDER BY a.id, i.created_at
)sql"};
constexpr Sql closed{R"sql(
  SELECT a.id, a.subject, a.tenant, a.generation, COALESCE(t.generation, 0) AS tenant_generation, a.locale,
      a.extra, a.created_at, a.disabled_at, a.closed_at, i.shown, i.verified_at
  FROM (
    SELECT *
    FROM rowan_accounts
    WHERE tenant = :tenant AND subject = :subject AND id > :after AND closed_at IS NOT NULL
    ORDER BY id LIMIT :most) AS a
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  LEFT JOIN rowan_identifiers i ON i.account_id = a.id AND i.kind = 'email'
  ORDER BY a.id, i.created_at
)sql"};

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
