#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::strategies::webauthn::sql {

inline constexpr storage::Literal passkey{R"sql(
  SELECT c.id, c.account_id, c.credential_id, c.public_key, c.sign_count, c.discoverable, c.user_verified,
    c.backup_eligible, c.backed_up, c.attestation, c.transports, c.aaguid, c.label, c.created_at, c.last_used_at,
    u.user_handle, a.generation
  FROM rowan_webauthn_credentials c
  JOIN rowan_webauthn_users u ON u.account_id = c.account_id
  JOIN rowan_accounts a ON a.id = c.account_id
)sql"};
inline constexpr Sql of_account = sql_of<passkey, "WHERE c.account_id = :account ORDER BY c.created_at, c.id">;
inline constexpr Sql by_credential_id =
    sql_of<passkey, "WHERE c.tenant = :tenant AND c.subject = :subject AND c.credential_id = :credential_id">;
inline constexpr Sql insert{R"sql(
  INSERT INTO rowan_webauthn_credentials (id, account_id, tenant, subject, credential_id, public_key, algorithm,
    sign_count, transports, aaguid, discoverable, user_verified, backup_eligible, backed_up, attestation, label,
    created_at)
  VALUES (:id, :account, :tenant, :subject, :credential_id, :public_key, :algorithm,
    :sign_count, :transports, :aaguid, :discoverable, :user_verified, :backup_eligible, :backed_up, :attestation,
    :label, :now)
  ON CONFLICT DO NOTHING
)sql"};
// One statement decides which of two assertions with the same counter was first (WA-13). Both are zero where an
// authenticator has no counter.
inline constexpr Sql use_risen{R"sql(
  UPDATE rowan_webauthn_credentials
  SET sign_count = :count, backed_up = :backed_up, last_used_at = :now
  WHERE id = :id AND (sign_count < :count OR sign_count + :count = 0)
)sql"};
inline constexpr Sql use{R"sql(
  UPDATE rowan_webauthn_credentials
  SET sign_count = CASE WHEN sign_count < :count THEN :count ELSE sign_count END,
    backed_up = :backed_up, last_used_at = :now
  WHERE id = :id
)sql"};
// What a removed one is restored from, and what takes an added one back.
inline constexpr Sql whole{R"sql(
  SELECT id, tenant, subject, credential_id, public_key, algorithm, sign_count, transports, aaguid, discoverable,
    user_verified, backup_eligible, backed_up, attestation, label
  FROM rowan_webauthn_credentials
  WHERE id = :id AND account_id = :account
)sql"};
inline constexpr Sql take_back{
    "DELETE FROM rowan_webauthn_credentials WHERE credential_id = :credential_id AND account_id = :account"};
inline constexpr Sql rename{
    "UPDATE rowan_webauthn_credentials SET label = :label WHERE id = :id AND account_id = :account"};
inline constexpr Sql remove{"DELETE FROM rowan_webauthn_credentials WHERE id = :id AND account_id = :account"};
inline constexpr Sql forget{"DELETE FROM rowan_webauthn_credentials WHERE account_id = :account"};

inline constexpr Sql user_handle{"SELECT user_handle FROM rowan_webauthn_users WHERE account_id = :account"};
inline constexpr Sql insert_user_handle{R"sql(
  INSERT INTO rowan_webauthn_users (account_id, user_handle, created_at)
  VALUES (:account, :handle, :now)
  ON CONFLICT DO NOTHING
)sql"};
inline constexpr Sql forget_user_handle{"DELETE FROM rowan_webauthn_users WHERE account_id = :account"};

inline constexpr Sql insert_challenge{R"sql(
  INSERT INTO rowan_webauthn_challenges (id, flow, ceremony, tenant, subject, account_id, generation, challenge, data,
    created_at, expires_at)
  VALUES (:id, :flow, :ceremony, :tenant, :subject, :account, :generation, :challenge, :data, :now, :expires_at)
)sql"};
inline constexpr Sql challenges{R"sql(
  SELECT id, account_id, generation, challenge, data
  FROM rowan_webauthn_challenges
  WHERE flow = :flow AND ceremony = :ceremony AND tenant = :tenant AND subject = :subject AND expires_at > :now
  ORDER BY created_at DESC, id DESC
  LIMIT 8
)sql"};
inline constexpr Sql use_challenge{"DELETE FROM rowan_webauthn_challenges WHERE id = :id AND expires_at > :now"};
inline constexpr Sql forget_challenges{"DELETE FROM rowan_webauthn_challenges WHERE account_id = :account"};
inline constexpr Sql expire_challenges = row_locking<R"sql(
  DELETE FROM rowan_webauthn_challenges
  WHERE id IN (
    SELECT id
    FROM rowan_webauthn_challenges
    WHERE expires_at < :before
    LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

}  // namespace rowan::strategies::webauthn::sql
