#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::strategies::password::sql {

// One statement reads the credential and the generation it belongs to (docs/architecture.md#revocation). For an address
// that no account has it reads another account's row, so that both take as long (THR-07). `theirs` is 0 for such a row,
// which is dropped at once.
inline constexpr Sql credential{R"sql(
  SELECT * FROM (
    SELECT a.id, a.generation, p.hash, i.key, i.shown, a.locale, 1 AS theirs
    FROM rowan_identifiers i
    JOIN rowan_accounts a ON a.id = i.account_id
    LEFT JOIN rowan_passwords p ON p.account_id = a.id
    WHERE i.tenant = :tenant AND i.subject = :subject AND i.kind = 'email' AND i.key = :key) AS known
  UNION ALL
  SELECT * FROM (
    SELECT a.id, a.generation, p.hash, i.key, i.shown, a.locale, 0 AS theirs
    FROM rowan_identifiers i
    JOIN rowan_accounts a ON a.id = i.account_id
    LEFT JOIN rowan_passwords p ON p.account_id = a.id
    LIMIT 1) AS other
  ORDER BY theirs DESC LIMIT 1
)sql"};
inline constexpr Sql credential_of{R"sql(
  SELECT a.id, a.generation, p.hash, i.key, i.shown, a.locale
  FROM rowan_accounts a
  LEFT JOIN rowan_identifiers i ON i.account_id = a.id AND i.kind = 'email'
  LEFT JOIN rowan_passwords p ON p.account_id = a.id
  WHERE a.id = :id
  ORDER BY i.created_at LIMIT 1
)sql"};
inline constexpr Sql store{R"sql(
  INSERT INTO rowan_passwords (account_id, hash, changed_at)
  VALUES (:id, :hash, :now)
  ON CONFLICT (account_id) DO UPDATE
  SET hash = excluded.hash, changed_at = excluded.changed_at, must_change = 0
)sql"};
inline constexpr Sql forget{"DELETE FROM rowan_passwords WHERE account_id = :id"};
inline constexpr Sql forget_changed_at{
    "DELETE FROM rowan_passwords WHERE account_id = :id AND changed_at = :changed_at"};
inline constexpr Sql upgrade{R"sql(
  UPDATE rowan_passwords
  SET hash = :hash
  WHERE account_id = :id AND hash = :old
)sql"};

}  // namespace rowan::strategies::password::sql
