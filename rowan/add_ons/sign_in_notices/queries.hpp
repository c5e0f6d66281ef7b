#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::add_ons::sign_in_notices::sql {

// A window that has ended begins anew.
inline constexpr Sql count{R"sql(
  INSERT INTO rowan_failed_attempts (attempted, failures, ends_at)
  VALUES (:attempted, 1, :ends_at)
  ON CONFLICT (attempted) DO UPDATE SET
    failures = CASE WHEN rowan_failed_attempts.ends_at > :now THEN rowan_failed_attempts.failures + 1 ELSE 1 END,
    ends_at = CASE WHEN rowan_failed_attempts.ends_at > :now THEN rowan_failed_attempts.ends_at ELSE :ends_at END
  RETURNING failures
)sql"};
inline constexpr Sql take{R"sql(
  DELETE FROM rowan_failed_attempts
  WHERE attempted = :attempted
  RETURNING failures, ends_at
)sql"};
inline constexpr Sql expire = row_locking<R"sql(
  DELETE FROM rowan_failed_attempts
  WHERE attempted IN (
    SELECT attempted
    FROM rowan_failed_attempts
    WHERE ends_at < :before
    ORDER BY ends_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

}  // namespace rowan::add_ons::sign_in_notices::sql
