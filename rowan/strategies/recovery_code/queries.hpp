#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::strategies::recovery_code::sql {

inline constexpr Sql of_account{R"sql(
  SELECT COUNT(*) AS made, COUNT(used_at) AS used, MIN(created_at) AS created_at, MAX(used_at) AS used_at
  FROM rowan_recovery_codes
  WHERE account_id = :account
)sql"};
inline constexpr Sql unused{R"sql(
  SELECT hash
  FROM rowan_recovery_codes
  WHERE account_id = :account AND used_at IS NULL
)sql"};
// One statement decides who uses a code.
inline constexpr Sql use{R"sql(
  UPDATE rowan_recovery_codes
  SET used_at = :now
  WHERE hash = :hash AND account_id = :account AND used_at IS NULL
)sql"};
inline constexpr Sql insert{R"sql(
  INSERT INTO rowan_recovery_codes (hash, account_id, set_id, created_at)
  VALUES (:hash, :account, :set, :now)
)sql"};
// A set that its owner did not make; one that was made since stays.
inline constexpr Sql forget_made{R"sql(
  DELETE FROM rowan_recovery_codes
  WHERE account_id = :account AND created_at <= :made_at
)sql"};
inline constexpr Sql forget{"DELETE FROM rowan_recovery_codes WHERE account_id = :account"};

}  // namespace rowan::strategies::recovery_code::sql
