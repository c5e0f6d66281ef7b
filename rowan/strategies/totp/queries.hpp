#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::strategies::totp::sql {

inline constexpr Sql of_account{R"sql(
  SELECT id, label, secret, algorithm, digits, period, last_step, created_at, used_at
  FROM rowan_totp
  WHERE account_id = :account
  ORDER BY created_at, id
)sql"};
inline constexpr Sql insert{R"sql(
  INSERT INTO rowan_totp (id, account_id, label, secret, algorithm, digits, period, last_step, created_at)
  VALUES (:id, :account, :label, :secret, :algorithm, :digits, :period, :step, :now)
)sql"};
inline constexpr Sql restore{R"sql(
  INSERT INTO rowan_totp (id, account_id, label, secret, algorithm, digits, period, last_step, created_at)
  VALUES (:id, :account, :label, :secret, :algorithm, :digits, :period, :step, :now)
  ON CONFLICT (id) DO NOTHING
)sql"};
// One statement decides who uses a code: of all that have the same one, and after it of all that have an earlier one.
inline constexpr Sql use_step{R"sql(
  UPDATE rowan_totp
  SET last_step = :step, used_at = :now
  WHERE id = :id AND account_id = :account AND last_step < :step
)sql"};
inline constexpr Sql seal_again{"UPDATE rowan_totp SET secret = :secret WHERE id = :id AND secret = :old"};
inline constexpr Sql remove{"DELETE FROM rowan_totp WHERE id = :id AND account_id = :account"};
inline constexpr Sql forget{"DELETE FROM rowan_totp WHERE account_id = :account"};

inline constexpr Sql insert_setup{R"sql(
  INSERT INTO rowan_totp_setups (id, account_id, generation, secret, algorithm, digits, period, created_at, expires_at)
  VALUES (:id, :account, :generation, :secret, :algorithm, :digits, :period, :now, :expires_at)
)sql"};
inline constexpr Sql setup{R"sql(
  SELECT secret, algorithm, digits, period, created_at
  FROM rowan_totp_setups
  WHERE id = :id AND account_id = :account AND generation = :generation AND expires_at > :now
)sql"};
inline constexpr Sql use_setup{R"sql(
  DELETE FROM rowan_totp_setups
  WHERE id = :id AND account_id = :account AND generation = :generation AND expires_at > :now
)sql"};
inline constexpr Sql forget_setups{"DELETE FROM rowan_totp_setups WHERE account_id = :account"};
inline constexpr Sql expire_setups = row_locking<R"sql(
  DELETE FROM rowan_totp_setups
  WHERE id IN (
    SELECT id
    FROM rowan_totp_setups
    WHERE expires_at < :before
    LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

}  // namespace rowan::strategies::totp::sql
