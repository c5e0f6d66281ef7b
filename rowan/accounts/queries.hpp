#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::accounts::sql {

// What account_from reads: `a` is the account, `t` its tenant, `i` its address.
inline constexpr storage::Literal columns{R"sql(
  a.id, a.subject, a.tenant, a.generation, COALESCE(t.generation, 0) AS tenant_generation, a.locale, a.extra,
      a.created_at, a.disabled_at, a.closed_at, i.shown, i.verified_at
)sql"};
inline constexpr Sql by_id = sql_of<"SELECT", columns, R"sql(
  FROM rowan_accounts a
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  LEFT JOIN rowan_identifiers i ON i.account_id = a.id AND i.kind = 'email'
  WHERE a.id = :id
  ORDER BY i.created_at LIMIT 1
)sql">;
inline constexpr storage::Literal columns_by_identifier = storage::joined_text<columns, R"sql(
    FROM rowan_identifiers i
    JOIN rowan_accounts a ON a.id = i.account_id
    LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
)sql">;
// `theirs`: whether it is theirs. A name without an account reads another account's row, so that both take as long
// (THR-07); it is dropped at once.
inline constexpr Sql by_identifier = sql_of<R"sql(
  SELECT * FROM (
    SELECT 1 AS theirs,
)sql",
                                            columns_by_identifier, R"sql(
    WHERE i.tenant = :tenant AND i.subject = :subject AND i.kind = :kind AND i.key = :key) AS known
  UNION ALL
  SELECT * FROM (
    SELECT 0 AS theirs,
)sql",
                                            columns_by_identifier, R"sql(
    LIMIT 1) AS other
  ORDER BY theirs DESC LIMIT 1
)sql">;
// A page of accounts, which is cut before anything is joined to it.
inline constexpr storage::Literal page_begins = storage::joined_text<"SELECT", columns, R"sql(
  FROM (
    SELECT *
    FROM rowan_accounts
    WHERE tenant = :tenant AND subject = :subject
)sql">;
inline constexpr storage::Literal page_ends{R"sql(
      AND id > :after
    ORDER BY id LIMIT :most) AS a
  LEFT JOIN rowan_tenants t ON t.tenant = a.tenant
  LEFT JOIN rowan_identifiers i ON i.account_id = a.id AND i.kind = 'email'
  ORDER BY a.id, i.created_at
)sql"};
inline constexpr Sql list = sql_of<page_begins, page_ends>;
// Index rowan_accounts_by_state is of this expression: in another spelling it serves no list.
inline constexpr storage::Literal state_of_account{R"sql(
  CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN disabled_at IS NOT NULL THEN 'disabled' ELSE 'usable' END
)sql"};
inline constexpr storage::Literal page_of_state =
    storage::joined_text<page_begins, "AND", state_of_account, "= :state", page_ends>;
inline constexpr Sql list_of_state = sql_of<page_of_state>;
inline constexpr Sql lock = row_locking<R"sql(
  SELECT generation
  FROM rowan_accounts
  WHERE id = :id
  FOR NO KEY UPDATE
)sql">;
inline constexpr Sql insert_tenant{R"sql(
  INSERT INTO rowan_tenants (tenant, generation)
  VALUES (:tenant, :generation)
  ON CONFLICT (tenant) DO NOTHING
)sql"};
inline constexpr Sql insert_account{R"sql(
  INSERT INTO rowan_accounts (id, tenant, subject, generation, locale, extra, created_at, updated_at)
  VALUES (:id, :tenant, :subject, :generation, :locale, :extra, :now, :now)
)sql"};
inline constexpr Sql insert_identifier{R"sql(
  INSERT INTO rowan_identifiers (tenant, subject, kind, key, shown, verified_at, account_id, created_at)
  VALUES (:tenant, :subject, :kind, :key, :shown, :verified_at, :account, :now)
  ON CONFLICT (tenant, subject, kind, key) DO NOTHING
)sql"};
inline constexpr Sql delete_account{"DELETE FROM rowan_accounts WHERE id = :id"};
inline constexpr Sql set_generation{R"sql(
  UPDATE rowan_accounts
  SET generation = :generation, updated_at = :now
  WHERE id = :id
)sql"};
inline constexpr Sql set_disabled{R"sql(
  UPDATE rowan_accounts
  SET disabled_at = :disabled_at, updated_at = :now
  WHERE id = :id
)sql"};
inline constexpr Sql set_extra{R"sql(
  UPDATE rowan_accounts
  SET extra = :extra, updated_at = :now
  WHERE id = :id
)sql"};
inline constexpr Sql close{R"sql(
  UPDATE rowan_accounts
  SET extra = '{}', locale = '', closed_at = :now, updated_at = :now
  WHERE id = :id
)sql"};
inline constexpr Sql delete_identifiers{"DELETE FROM rowan_identifiers WHERE account_id = :id"};
inline constexpr Sql free_unproven{R"sql(
  DELETE FROM rowan_identifiers
  WHERE tenant = :tenant
    AND subject = :subject
    AND kind = 'email'
    AND key = :key
    AND account_id <> :id
    AND (verified_at IS NULL
      OR account_id IN (SELECT id FROM rowan_accounts WHERE created_at >= :made_since))
)sql"};
inline constexpr Sql rename_identifier{R"sql(
  UPDATE rowan_identifiers
  SET shown = :shown
  WHERE account_id = :id AND kind = 'email' AND key = :key
)sql"};
inline constexpr Sql delete_other_identifiers{R"sql(
  DELETE FROM rowan_identifiers
  WHERE account_id = :id AND kind = 'email' AND key <> :key
)sql"};
inline constexpr Sql verify_identifier{R"sql(
  UPDATE rowan_identifiers
  SET verified_at = :now
  WHERE account_id = :id AND kind = 'email' AND key = :key AND verified_at IS NULL
)sql"};

}  // namespace rowan::accounts::sql
