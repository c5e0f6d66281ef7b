#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::strategies::api_key::sql {

// With the account as it is now: one query says everything about a key.
inline constexpr Sql look_up{R"sql(
  SELECT k.hash, k.number, k.account_id, k.scopes, k.generation AS made_in, k.expires_at, k.revoked_at, a.generation,
    a.disabled_at, a.closed_at, COALESCE(t.generation, 0) AS tenant_generation
  FROM rowan_api_keys k
  JOIN rowan_accounts a ON a.id = k.account_id
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  WHERE k.id = :id AND k.tenant = :tenant AND k.subject = :subject
)sql"};
inline constexpr Sql count_working{R"sql(
  SELECT COUNT(*) AS working
  FROM rowan_api_keys
  WHERE account_id = :account AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now)
)sql"};
inline constexpr Sql insert{R"sql(
  INSERT INTO rowan_api_keys (id, number, account_id, tenant, subject, hash, name, hint, scopes, generation, created_at,
    expires_at)
  VALUES (:id, :number, :account, :tenant, :subject, :hash, :name, :hint, :scopes, :generation, :now, :expires_at)
)sql"};
inline constexpr Sql of_account{R"sql(
  SELECT k.id, k.number, k.name, k.hint, k.scopes, k.generation AS made_in, k.created_at, k.expires_at, k.last_used_at,
    a.generation
  FROM rowan_api_keys k
  JOIN rowan_accounts a ON a.id = k.account_id
  WHERE k.account_id = :account AND k.revoked_at IS NULL
  ORDER BY k.created_at DESC, k.id DESC
  LIMIT 1000
)sql"};
// One statement decides who revokes it. It is removed like one that expired now.
inline constexpr Sql revoke{R"sql(
  UPDATE rowan_api_keys
  SET revoked_at = :now, expires_at = :now
  WHERE id = :id AND account_id = :account AND revoked_at IS NULL
  RETURNING number
)sql"};
inline constexpr Sql number_of{"SELECT number FROM rowan_api_keys WHERE id = :id AND account_id = :account"};
// Several nodes tell of one key, in any order.
inline constexpr Sql use{R"sql(
  UPDATE rowan_api_keys
  SET last_used_at = :at
  WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :at)
)sql"};
inline constexpr Sql forget{"DELETE FROM rowan_api_keys WHERE account_id = :account"};
inline constexpr Sql expire = row_locking<R"sql(
  DELETE FROM rowan_api_keys
  WHERE id IN (
    SELECT id
    FROM rowan_api_keys
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

}  // namespace rowan::strategies::api_key::sql
