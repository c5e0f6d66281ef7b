#include <algorithm>
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
constexpr Sql delete_links{R"sql(
  DELETE FROM rowan_links
  WHERE id IN (
    SELECT id
    FROM rowan_links
    WHERE account_id = :account
    LIMIT :most)
)sql"};
constexpr Sql delete_codes{R"sql(
  DELETE FROM rowan_codes
  WHERE id IN (
    SELECT id
    FROM rowan_codes
    WHERE account_id = :account
    LIMIT :most)
)sql"};

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

constexpr Sql count_tokens{R"sql(
  SELECT COUNT(*) AS tokens
  FROM (
    SELECT number
    FROM rowan_tokens
    WHERE account_id = :account
    LIMIT :most) AS found
)sql"};
constexpr Sql drop_tokens{R"sql(
  DELETE FROM rowan_tokens
  WHERE number IN (
    SELECT number
    FROM rowan_tokens
    WHERE account_id = :account
    LIMIT :most)
)sql"};

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

Result<bool> has_many_tokens(SqlConnection& connection, AccountId account) {
  ROWAN_TRY(const auto row, connection.first(count_tokens, {{"account", account}, {"most", most + 1}}));
  return row && row->integer("tokens") > most;
}

Result<bool> drop_some_tokens(Transaction& transaction, AccountId account) {
  ROWAN_TRY(const auto dropped, transaction.execute(drop_tokens, {{"account", account}, {"most", most}}));
  return dropped >= most;
}

}  // namespace rowan::tokens
