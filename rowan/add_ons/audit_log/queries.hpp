#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::add_ons::audit_log::sql {

inline constexpr Sql insert{R"sql(
  INSERT INTO rowan_audit_log (id, at, tenant, subject, account_id, event, strategy, phase, code, identity, address,
    user_agent, data, guess)
  VALUES (:id, :at, :tenant, :subject, :account, :event, :strategy, :phase, :code, :identity, :address,
    :user_agent, :data, :guess)
)sql"};

// Whose an event is that was not told under the account's lock: its account, or the one that the address belongs to.
// One row, whether there is one or not.
inline constexpr Sql resolve{R"sql(
  SELECT (
      SELECT a.id
      FROM rowan_accounts a
      WHERE a.id = COALESCE(:account, (
        SELECT i.account_id
        FROM rowan_identifiers i
        WHERE i.tenant = :tenant AND i.subject = :subject AND i.kind = 'email' AND i.key = :key))) AS account,
    (
      SELECT a.closed_at
      FROM rowan_accounts a
      WHERE a.id = :account) AS closed_at
)sql"};

inline constexpr storage::Literal columns{R"sql(
  id, at, tenant, subject, account_id, event, strategy, phase, code, identity, address, user_agent, data
)sql"};
inline constexpr Sql oldest_first = sql_of<"SELECT", columns, R"sql(
  FROM rowan_audit_log
  WHERE id > :after AND id < :before
  ORDER BY id LIMIT :most
)sql">;
inline constexpr Sql newest_first = sql_of<"SELECT", columns, R"sql(
  FROM rowan_audit_log
  WHERE id > :after AND id < :before
  ORDER BY id DESC LIMIT :most
)sql">;
inline constexpr Sql oldest_of_account = sql_of<"SELECT", columns, R"sql(
  FROM rowan_audit_log
  WHERE account_id = :account AND id > :after AND id < :before
  ORDER BY id LIMIT :most
)sql">;
inline constexpr Sql newest_of_account = sql_of<"SELECT", columns, R"sql(
  FROM rowan_audit_log
  WHERE account_id = :account AND id > :after AND id < :before
  ORDER BY id DESC LIMIT :most
)sql">;

// What its owner may see.
inline constexpr Sql shown_after{"SELECT shown_after FROM rowan_audit_accounts WHERE account_id = :account"};
inline constexpr Sql set_shown_after{R"sql(
  INSERT INTO rowan_audit_accounts (account_id, shown_after)
  VALUES (:account, :shown_after)
  ON CONFLICT (account_id) DO UPDATE
  SET shown_after = excluded.shown_after
)sql"};

// Forgetting, from a row on: each bit is as quick as the first.
inline constexpr Sql forget_details{R"sql(
  UPDATE rowan_audit_log
  SET identity = '', address = '', user_agent = '', data = '{}', guess = NULL
  WHERE id IN (
    SELECT id
    FROM rowan_audit_log
    WHERE account_id = :account AND id > :from
    ORDER BY id LIMIT :most)
  RETURNING id
)sql"};
inline constexpr Sql forget_account{R"sql(
  UPDATE rowan_audit_log
  SET account_id = NULL, identity = '', address = '', user_agent = '', data = '{}', guess = NULL
  WHERE id IN (
    SELECT id
    FROM rowan_audit_log
    WHERE account_id = :account AND id > :from
    ORDER BY id LIMIT :most)
  RETURNING id
)sql"};
inline constexpr Sql leave_rest{R"sql(
  INSERT INTO rowan_audit_accounts (account_id, forget, next, since)
  VALUES (:account, :forget, :next, :since)
  ON CONFLICT (account_id) DO UPDATE
  SET forget = excluded.forget, next = excluded.next, since = excluded.since
)sql"};
inline constexpr Sql any_rest = row_locking<R"sql(
  SELECT account_id, forget, next
  FROM rowan_audit_accounts
  WHERE forget <> '' AND since < :before
  ORDER BY since LIMIT 1
  FOR UPDATE SKIP LOCKED
)sql">;
inline constexpr Sql move_on{"UPDATE rowan_audit_accounts SET next = :next WHERE account_id = :account"};
inline constexpr Sql is_done{"DELETE FROM rowan_audit_accounts WHERE account_id = :account"};

// By the time that ids begin with: the milliseconds in twelve hexadecimal digits, with a dash behind the eighth.
inline constexpr Sql expire{R"sql(
  DELETE FROM rowan_audit_log
  WHERE id IN (
    SELECT id
    FROM rowan_audit_log
    WHERE id < substr(printf('%012x', :before / 1000), 1, 8) || '-' || substr(printf('%012x', :before / 1000), 9)
    ORDER BY id LIMIT :most)
)sql",
                            R"sql(
  DELETE FROM rowan_audit_log
  WHERE id IN (
    SELECT id
    FROM rowan_audit_log
    WHERE id < substr(lpad(to_hex(CAST(:before AS BIGINT) / 1000), 12, '0'), 1, 8) || '-'
      || substr(lpad(to_hex(CAST(:before AS BIGINT) / 1000), 12, '0'), 9)
    ORDER BY id LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql"};

// The guard. A row that a clock ahead of ours wrote counts for as long as any other.
inline constexpr Sql count_guesses{R"sql(
  SELECT COUNT(*) AS count
  FROM (
    SELECT 1
    FROM rowan_audit_log
    WHERE guess = :guess AND at > :from AND at < :to
    LIMIT :most) AS recent
)sql"};
inline constexpr Sql forget_guesses{R"sql(
  UPDATE rowan_audit_log
  SET guess = NULL
  WHERE guess = :guess AND at > :from
)sql"};

}  // namespace rowan::add_ons::audit_log::sql
