#include <algorithm>
#include <array>
#include <rowan/base/try.hpp>
#include <rowan/tokens/closed_accounts.hpp>

namespace rowan::tokens {

namespace {

constexpr auto most = rows_forgotten_at_once;

// By the index over account and number, so that each bit is as quick as the first.
constexpr Sql forget_origins{R"sql(
  UPDATE rowan_tokens
  SET address = '', user_agent = ''
  WHERE number IN (
    SELECT number
    FROM rowan_tokens
    WHERE account_id = :account AND number >= :from
    ORDER BY number LIMIT :most)
  RETURNING number
)sql"};
// Every table is read and shortened by its index over the account.
template <storage::Literal table, storage::Literal key>
constexpr Sql delete_some = sql_of<"DELETE FROM", table, "WHERE", key, "IN (SELECT", key, "FROM", table,
                                   "WHERE account_id = :account LIMIT :most)">;
template <storage::Literal table>
constexpr Sql is_more_than = sql_of<"SELECT 1 AS one FROM", table, "WHERE account_id = :account LIMIT 1 OFFSET :most">;
constexpr auto delete_links = delete_some<"rowan_links", "id">;
constexpr auto delete_codes = delete_some<"rowan_codes", "id">;

constexpr Sql leave_rest{R"sql(
  INSERT INTO rowan_closed_accounts (account_id, next_number)
  VALUES (:account, :next)
  ON CONFLICT (account_id) DO NOTHING
)sql"};
constexpr Sql any_rest = row_locking<R"sql(
  SELECT account_id, next_number
  FROM rowan_closed_accounts
  ORDER BY account_id LIMIT 1
  FOR UPDATE SKIP LOCKED
)sql">;
constexpr Sql move_on{"UPDATE rowan_closed_accounts SET next_number = :next WHERE account_id = :account"};
constexpr Sql is_done{"DELETE FROM rowan_closed_accounts WHERE account_id = :account"};

// Of every table whose rows go with the account and may be many.
struct Rows {
  Sql is_more_than, delete_some;
};
constexpr std::array rows_of_account = {
    Rows{is_more_than<"rowan_tokens">, delete_some<"rowan_tokens", "number">},
    Rows{is_more_than<"rowan_links">, delete_links},
    Rows{is_more_than<"rowan_codes">, delete_codes},
};

struct Forgotten {
  std::int64_t next = 0;  // where the tokens go on
  bool is_more = false;
};

Result<Forgotten> forget_some(Transaction& transaction, AccountId account, std::int64_t from) {
  ROWAN_TRY(const auto tokens,
            transaction.query(forget_origins, {{"account", account}, {"from", from}, {"most", most}}));
  ROWAN_TRY(const auto links, transaction.execute(delete_links, {{"account", account}, {"most", most}}));
  ROWAN_TRY(const auto codes, transaction.execute(delete_codes, {{"account", account}, {"most", most}}));
  Forgotten forgotten{.next = from, .is_more = std::ssize(tokens) >= most || links >= most || codes >= most};
  for (const auto& row : tokens) forgotten.next = std::max(forgotten.next, row.integer("number") + 1);
  return forgotten;
}

}  // namespace

Result<> forget_account(Transaction& transaction, AccountId account) {
  ROWAN_TRY(const auto forgotten, forget_some(transaction, account, 0));
  if (forgotten.is_more) ROWAN_CHECK(transaction.execute(leave_rest, {{"account", account}, {"next", forgotten.next}}));
  return {};
}

Result<> forget_closed(Sweep& sweep) {
  return sweep.repeat([](Transaction& transaction) -> Result<bool> {
    ROWAN_TRY(const auto rest, transaction.first(any_rest));
    if (!rest) return false;
    const auto account = rest->id<AccountId>("account_id");
    ROWAN_TRY(const auto forgotten, forget_some(transaction, account, rest->integer("next_number")));
    if (forgotten.is_more)
      ROWAN_CHECK(transaction.execute(move_on, {{"account", account}, {"next", forgotten.next}}));
    else
      ROWAN_CHECK(transaction.execute(is_done, {{"account", account}}));
    return true;
  });
}

Result<bool> has_many_rows(SqlConnection& connection, AccountId account) {
  for (const auto& rows : rows_of_account) {
    ROWAN_TRY(const auto row, connection.first(rows.is_more_than, {{"account", account}, {"most", most}}));
    if (row) return true;
  }
  return false;
}

Result<bool> drop_some_rows(Transaction& transaction, AccountId account) {
  for (const auto& rows : rows_of_account) {
    ROWAN_TRY(const auto dropped, transaction.execute(rows.delete_some, {{"account", account}, {"most", most}}));
    if (dropped >= most) return true;
  }
  return false;
}

Result<> drop_links_and_codes(Transaction& transaction, AccountId account) {
  static constexpr Sql all_links{"DELETE FROM rowan_links WHERE account_id = :account"};
  static constexpr Sql all_codes{"DELETE FROM rowan_codes WHERE account_id = :account"};
  ROWAN_CHECK(transaction.execute(all_links, {{"account", account}}));
  ROWAN_CHECK(transaction.execute(all_codes, {{"account", account}}));
  return {};
}

}  // namespace rowan::tokens
