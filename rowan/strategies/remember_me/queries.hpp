#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::strategies::remember_me::sql {

inline constexpr Sql insert{R"sql(
  INSERT INTO rowan_remembered_browsers (id, account_id, tenant, subject, generation, tenant_generation, step, session,
    session_expires_at, browser, address, created_at, used_at, expires_at)
  VALUES (:id, :account, :tenant, :subject, :generation, :tenant_generation, 0, :session, :session_expires_at, :browser,
    :address, :now, :now, :expires_at)
)sql"};
// All but the newest.
inline constexpr Sql keep_newest{R"sql(
  DELETE FROM rowan_remembered_browsers
  WHERE account_id = :account AND id NOT IN (
    SELECT id
    FROM rowan_remembered_browsers
    WHERE account_id = :account
    ORDER BY created_at DESC, id DESC LIMIT :most)
)sql"};
// With the account as it is now, and whether the session was ended by a node that knows no remembered browsers: in one
// statement, because a return ends the session from before.
inline constexpr Sql look_up{R"sql(
  SELECT r.account_id, r.generation, r.tenant_generation, r.step, r.session, r.session_expires_at, r.used_at, r.expires_at,
    r.browser, a.generation AS generation_now, COALESCE(t.generation, 0) AS tenant_generation_now,
    CASE WHEN EXISTS (
      SELECT 1
      FROM rowan_revocations v
      WHERE v.number = r.session AND v.kind <> 1) THEN 1 ELSE 0 END AS is_ended
  FROM rowan_remembered_browsers r
  JOIN rowan_accounts a ON a.id = r.account_id
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  WHERE r.id = :id AND r.tenant = :tenant AND r.subject = :subject
)sql"};
inline constexpr Sql whose{"SELECT account_id FROM rowan_remembered_browsers WHERE id = :id"};
// One statement decides who uses a step.
inline constexpr Sql use{R"sql(
  UPDATE rowan_remembered_browsers
  SET step = step + 1, used_at = :now
  WHERE id = :id AND step = :step AND expires_at > :now
  RETURNING account_id, generation, session, session_expires_at, expires_at
)sql"};
inline constexpr Sql go_on{R"sql(
  UPDATE rowan_remembered_browsers
  SET session = :session, session_expires_at = :session_expires_at
  WHERE id = :id AND account_id = :account
)sql"};
inline constexpr Sql forget{R"sql(
  DELETE FROM rowan_remembered_browsers
  WHERE id = :id
  RETURNING account_id, tenant, subject, generation, step, used_at, session, session_expires_at, expires_at, browser
)sql"};
inline constexpr Sql forget_of_account{R"sql(
  DELETE FROM rowan_remembered_browsers
  WHERE id = :id AND account_id = :account
  RETURNING session, session_expires_at
)sql"};
inline constexpr Sql forget_session{"DELETE FROM rowan_remembered_browsers WHERE session = :session"};
inline constexpr Sql forget_all{"DELETE FROM rowan_remembered_browsers WHERE account_id = :account"};
inline constexpr Sql of_account{R"sql(
  SELECT r.id, r.session, r.browser, r.address, r.created_at, r.used_at, r.expires_at
  FROM rowan_remembered_browsers r
  JOIN rowan_accounts a ON a.id = r.account_id
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  WHERE r.account_id = :account AND r.expires_at > :now AND r.generation = a.generation
    AND r.tenant_generation = COALESCE(t.generation, 0)
  ORDER BY r.used_at DESC, r.id DESC
  LIMIT 200
)sql"};
inline constexpr Sql expire = row_locking<R"sql(
  DELETE FROM rowan_remembered_browsers
  WHERE id IN (
    SELECT id
    FROM rowan_remembered_browsers
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

// Before the feed forgets that their session was ended, by a node that knows no remembered browsers.
inline constexpr Sql expire_ended = row_locking<R"sql(
  DELETE FROM rowan_remembered_browsers
  WHERE id IN (
    SELECT r.id
    FROM rowan_remembered_browsers r
    WHERE r.session_expires_at < :before AND EXISTS (
      SELECT 1
      FROM rowan_revocations v
      WHERE v.number = r.session AND v.kind <> 1)
    ORDER BY r.session_expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

}  // namespace rowan::strategies::remember_me::sql
