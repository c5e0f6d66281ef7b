#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::tokens::sql {

// Never from below what is known to be given out: the counter may have come back with a backup.
inline constexpr Sql take_block{R"sql(
  UPDATE rowan_numbers
  SET next = CASE WHEN next < :known THEN :known ELSE next END + :size
  WHERE name = 'tokens'
  RETURNING next
)sql"};
inline constexpr Sql move_numbers_on{R"sql(
  UPDATE rowan_numbers
  SET next = :known
  WHERE name = 'tokens' AND next < :known
)sql"};
inline constexpr Sql counters{"SELECT next, floor FROM rowan_numbers WHERE name = 'tokens'"};

inline constexpr Sql insert_token{R"sql(
  INSERT INTO rowan_tokens (number, account_id, tenant, subject, purpose, methods, address, user_agent,
      created_at, seen_at, expires_at, generation, tenant_generation)
  VALUES (:number, :account, :tenant, :subject, :purpose, :methods, :address, :user_agent, :now, :now,
      :expires_at, :generation, :tenant_generation)
)sql"};
inline constexpr Sql revoke_token{R"sql(
  UPDATE rowan_tokens
  SET revoked_at = :now
  WHERE number = :number AND revoked_at IS NULL
  RETURNING expires_at
)sql"};
inline constexpr Sql revoke_tokens_of{R"sql(
  UPDATE rowan_tokens
  SET revoked_at = :now
  WHERE number IN (
    SELECT number
    FROM rowan_tokens
    WHERE account_id = :account AND revoked_at IS NULL
    LIMIT :most)
  RETURNING expires_at
)sql"};
// What signs in and works, as far as rows say it; tokens for purposes of the application's are no sessions. A row of
// the release before has no generation: it works unless it says otherwise, and nothing is known of when it was seen.
inline constexpr storage::Literal live_tokens{R"sql(
  FROM rowan_tokens t
  JOIN rowan_accounts a ON a.id = t.account_id
  LEFT JOIN rowan_tenants g ON g.tenant = a.tenant
  WHERE t.account_id = :account
    AND t.purpose IN ('session', 'user')
    AND t.revoked_at IS NULL
    AND t.expires_at > :now
    AND t.number >= :floor
    AND (t.generation IS NULL OR t.generation = a.generation)
    AND (t.tenant_generation IS NULL OR t.tenant_generation = COALESCE(g.generation, 0))
    AND (t.generation IS NULL OR t.purpose <> 'session' OR t.seen_at > :idle_since)
)sql"};
inline constexpr Sql list_live = sql_of<R"sql(
  SELECT t.number, t.purpose, t.methods, t.address, t.user_agent, t.created_at, t.seen_at, t.expires_at,
      COALESCE(t.generation, 0) AS generation, COALESCE(t.tenant_generation, 0) AS tenant_generation
)sql",
                                        live_tokens, R"sql(
  ORDER BY CASE WHEN t.number = :first THEN 0 ELSE 1 END, t.seen_at DESC, t.number DESC
  LIMIT :most
)sql">;
// Those that give way to a new one, the longest unseen first to go.
inline constexpr Sql live_beyond = sql_of<"SELECT t.number, t.expires_at", live_tokens, R"sql(
    AND t.number <> :newest
  ORDER BY t.seen_at DESC, t.number DESC
  LIMIT :most OFFSET :kept
)sql">;
inline constexpr Sql some_of_account{R"sql(
  SELECT number, expires_at
  FROM rowan_tokens
  WHERE account_id = :account
    AND revoked_at IS NULL
    AND expires_at > :now
    AND created_at < :before
    AND ((purpose = 'session' AND :sessions = 1) OR (purpose <> 'session' AND :bearers = 1))
  ORDER BY number LIMIT :most
)sql"};
inline constexpr Sql token_of_account{R"sql(
  SELECT number, expires_at, generation
  FROM rowan_tokens
  WHERE number = :number AND account_id = :account
)sql"};
// Several nodes write about one token, in any order. On PostgreSQL nobody waits for a row here.
inline constexpr Sql write_seen{R"sql(
  UPDATE rowan_tokens
  SET seen_at = seen.at
  FROM (
    SELECT n.value AS number, t.value AS at
    FROM json_each(:numbers) n
    JOIN json_each(:times) t ON t.key = n.key) AS seen
  WHERE rowan_tokens.number = seen.number AND rowan_tokens.seen_at < seen.at
)sql",
                                R"sql(
  UPDATE rowan_tokens
  SET seen_at = seen.at
  FROM (
    SELECT r.number, n.at
    FROM unnest(CAST(:numbers AS BIGINT[]), CAST(:times AS BIGINT[])) AS n (number, at)
    JOIN rowan_tokens r ON r.number = n.number
    WHERE r.seen_at < n.at
    ORDER BY r.number
    FOR NO KEY UPDATE OF r SKIP LOCKED) AS seen
  WHERE rowan_tokens.number = seen.number
)sql"};
inline constexpr Sql expire_tokens = row_locking<R"sql(
  DELETE FROM rowan_tokens
  WHERE number IN (
    SELECT number
    FROM rowan_tokens
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

inline constexpr Sql signing_keys{R"sql(
  SELECT kid, algorithm, turn, number, sealed, created_at, active_from, retires_at
  FROM rowan_signing_keys
  ORDER BY turn DESC, kid LIMIT 200
)sql"};
inline constexpr Sql last_turn{"SELECT MAX(turn) AS turn FROM rowan_signing_keys WHERE algorithm = :algorithm"};
inline constexpr Sql insert_signing_key{R"sql(
  INSERT INTO rowan_signing_keys (kid, algorithm, turn, number, public_key, sealed, created_at, active_from)
  VALUES (:kid, :algorithm, :turn, :number, :public_key, :sealed, :now, :active_from)
  ON CONFLICT DO NOTHING
)sql"};
inline constexpr Sql supersede_signing_keys{R"sql(
  UPDATE rowan_signing_keys
  SET retires_at = :retires_at
  WHERE algorithm = :algorithm AND retires_at IS NULL AND active_from <= :active_from AND kid <> :kid
)sql"};
inline constexpr Sql seal_signing_key{R"sql(
  UPDATE rowan_signing_keys
  SET sealed = :sealed
  WHERE kid = :kid AND sealed = :before
)sql"};
inline constexpr Sql retire_signing_key{R"sql(
  UPDATE rowan_signing_keys
  SET retires_at = CASE WHEN retires_at < :now THEN retires_at ELSE :now END
  WHERE kid = :kid
  RETURNING number
)sql"};
inline constexpr Sql retire_signing_keys{R"sql(
  UPDATE rowan_signing_keys
  SET retires_at = :now
  WHERE retires_at IS NULL OR retires_at > :now
)sql"};
inline constexpr Sql expire_signing_keys = row_locking<R"sql(
  DELETE FROM rowan_signing_keys
  WHERE kid IN (
    SELECT kid
    FROM rowan_signing_keys
    WHERE retires_at < :before
    ORDER BY retires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

inline constexpr Sql delete_links_of_address{R"sql(
  DELETE FROM rowan_links
  WHERE address_key = :address_key AND tenant = :tenant AND subject = :subject AND account_id IS NULL
)sql"};
inline constexpr Sql delete_codes_of_address{R"sql(
  DELETE FROM rowan_codes
  WHERE address_key = :address_key AND tenant = :tenant AND subject = :subject AND account_id IS NULL
)sql"};

inline constexpr Sql insert_link{R"sql(
  INSERT INTO rowan_links (id, secret_hash, purpose, tenant, subject, account_id, generation, address_key,
      data, asked_from, asked_with, flow_hash, created_at, expires_at, consumed_at)
  VALUES (:id, :secret_hash, :purpose, :tenant, :subject, :account, :generation, :address_key, :data,
      :asked_from, :asked_with, :flow_hash, :now, :expires_at, :consumed_at)
)sql"};
// What link_from reads, of links and of codes.
inline constexpr storage::Literal about{
    "account_id, generation, address_key, data, asked_from, asked_with, created_at, expires_at"};
inline constexpr Sql look_at_link = sql_of<"SELECT secret_hash, flow_hash,", about, R"sql(
  FROM rowan_links
  WHERE id = :id
    AND purpose = :purpose
    AND tenant = :tenant
    AND subject = :subject
    AND consumed_at IS NULL
    AND expires_at > :now
)sql">;
inline constexpr Sql consume_link = sql_of<R"sql(
  UPDATE rowan_links
  SET consumed_at = :now
  WHERE id = :id
    AND purpose = :purpose
    AND tenant = :tenant
    AND subject = :subject
    AND secret_hash = :secret_hash
    AND consumed_at IS NULL
    AND expires_at > :now
  RETURNING secret_hash, flow_hash,
)sql",
                                           about>;
inline constexpr Sql end_links_of{R"sql(
  UPDATE rowan_links
  SET consumed_at = :now
  WHERE id IN (
    SELECT id
    FROM rowan_links
    WHERE account_id = :account AND consumed_at IS NULL
    LIMIT :most)
)sql"};
inline constexpr Sql newest_link = sql_of<"SELECT secret_hash, flow_hash,", about, R"sql(
  FROM rowan_links
  WHERE address_key IN (:address_key, :withheld_key)
    AND purpose = :purpose
    AND tenant = :tenant
    AND subject = :subject
    AND flow_hash = :flow_hash
    AND consumed_at IS NULL
    AND expires_at > :now
  ORDER BY created_at DESC, id LIMIT 1
)sql">;
// A used link ends the remaining ones of its kind, for the account and for the address it went to. Code that ends
// several locks them in one order.
inline constexpr Sql lock_links_of_address = row_locking<R"sql(
  SELECT id
  FROM rowan_links
  WHERE address_key = :address_key
    AND purpose = :purpose
    AND tenant = :tenant
    AND subject = :subject
    AND consumed_at IS NULL
  ORDER BY id
  FOR NO KEY UPDATE
)sql">;
inline constexpr Sql lock_codes_of_address = row_locking<R"sql(
  SELECT id
  FROM rowan_codes
  WHERE address_key = :address_key
    AND purpose = :purpose
    AND tenant = :tenant
    AND subject = :subject
    AND consumed_at IS NULL
  ORDER BY id
  FOR NO KEY UPDATE
)sql">;
inline constexpr Sql end_sibling_links{R"sql(
  UPDATE rowan_links
  SET consumed_at = :now
  WHERE tenant = :tenant
    AND subject = :subject
    AND purpose = :purpose
    AND consumed_at IS NULL
    AND created_at >= :since
    AND (account_id = :account OR address_key = :address_key)
)sql"};
inline constexpr Sql expire_links = row_locking<R"sql(
  DELETE FROM rowan_links
  WHERE id IN (
    SELECT id
    FROM rowan_links
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

inline constexpr Sql insert_code{R"sql(
  INSERT INTO rowan_codes (id, flow_hash, code_hash, attempts_left, purpose, tenant, subject, account_id,
      generation, address_key, data, asked_from, asked_with, created_at, expires_at)
  VALUES (:id, :flow_hash, :code_hash, :attempts_left, :purpose, :tenant, :subject, :account, :generation,
      :address_key, :data, :asked_from, :asked_with, :now, :expires_at)
)sql"};
inline constexpr Sql count_guess = sql_of<R"sql(
  UPDATE rowan_codes
  SET attempts_left = attempts_left - 1
  WHERE flow_hash = :flow_hash
    AND purpose = :purpose
    AND tenant = :tenant
    AND subject = :subject
    AND consumed_at IS NULL
    AND expires_at > :now
    AND attempts_left > 0
  RETURNING id, code_hash,
)sql",
                                          about>;
inline constexpr Sql spent_until{R"sql(
  SELECT MAX(expires_at) AS expires_at
  FROM rowan_codes
  WHERE flow_hash = :flow_hash
    AND purpose = :purpose
    AND tenant = :tenant
    AND subject = :subject
    AND consumed_at IS NULL
    AND expires_at > :now
    AND attempts_left <= 0
)sql"};
// Whether a guess by this flow at this address can fit at all, and whose account it would open.
inline constexpr Sql live_code{R"sql(
  SELECT account_id
  FROM rowan_codes
  WHERE flow_hash = :flow_hash
    AND purpose = :purpose
    AND tenant = :tenant
    AND subject = :subject
    AND address_key = :address_key
    AND consumed_at IS NULL
    AND expires_at > :now
    AND attempts_left > 0
  ORDER BY created_at DESC LIMIT 1
)sql"};
inline constexpr Sql consume_code{R"sql(
  UPDATE rowan_codes
  SET consumed_at = :now
  WHERE id = :id AND consumed_at IS NULL AND expires_at > :now
)sql"};
inline constexpr Sql end_sibling_codes{R"sql(
  UPDATE rowan_codes
  SET consumed_at = :now
  WHERE tenant = :tenant
    AND subject = :subject
    AND purpose = :purpose
    AND consumed_at IS NULL
    AND (account_id = :account OR address_key = :address_key)
)sql"};
inline constexpr Sql end_codes_of{R"sql(
  UPDATE rowan_codes
  SET consumed_at = :now
  WHERE account_id = :account AND consumed_at IS NULL
)sql"};
inline constexpr Sql expire_codes = row_locking<R"sql(
  DELETE FROM rowan_codes
  WHERE id IN (
    SELECT id
    FROM rowan_codes
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

// A head that no other transaction holds. On SQLite, with its one writer, that is any of them.
inline constexpr Sql raise_head_if_free = row_locking<R"sql(
  UPDATE rowan_feed_heads
  SET head = head + 1
  WHERE shard = (
    SELECT shard
    FROM rowan_feed_heads
    WHERE shard = :shard
    FOR UPDATE SKIP LOCKED)
  RETURNING shard, head
)sql">;
inline constexpr Sql raise_free_head = row_locking<R"sql(
  UPDATE rowan_feed_heads
  SET head = head + 1
  WHERE shard = (
    SELECT shard
    FROM rowan_feed_heads
    ORDER BY shard LIMIT 1
    FOR UPDATE SKIP LOCKED)
  RETURNING shard, head
)sql">;
inline constexpr Sql raise_head{R"sql(
  UPDATE rowan_feed_heads
  SET head = head + 1
  WHERE shard = :shard
  RETURNING shard, head
)sql"};
inline constexpr Sql insert_revocation{R"sql(
  INSERT INTO rowan_revocations (shard, n, kind, number, expires_at, mark)
  VALUES (:shard, :n, :kind, :number, :expires_at, :mark)
)sql"};
inline constexpr Sql is_published{R"sql(
  SELECT 1
  FROM rowan_revocations
  WHERE number = :number AND kind <> 1
  LIMIT 1
)sql"};
// With the row at the head, by whose mark a reader that stands there knows it.
inline constexpr Sql heads{R"sql(
  SELECT h.shard, h.head, COALESCE(r.mark, 0) AS mark, CASE WHEN r.n IS NULL THEN 0 ELSE 1 END AS there
  FROM rowan_feed_heads h
  LEFT JOIN rowan_revocations r ON r.shard = h.shard AND r.n = h.head
)sql"};
// From the row at the position, included. Nothing is left out by a clock: the reader's may be wrong.
inline constexpr Sql behind{R"sql(
  SELECT n, kind, number, mark, expires_at
  FROM rowan_revocations
  WHERE shard = :shard AND n >= :position AND n <= :head
  ORDER BY n LIMIT :most
)sql"};
inline constexpr Sql dead_among{R"sql(
  SELECT number
  FROM rowan_revocations
  WHERE kind <> 1 AND number IN (SELECT value FROM json_each(:numbers))
)sql",
                                R"sql(
  SELECT number
  FROM rowan_revocations
  WHERE kind <> 1 AND number = ANY(CAST(:numbers AS BIGINT[]))
)sql"};
// The newest row of a shard stays: readers stand on it and know by it that the feed is the one they have read.
inline constexpr Sql expire_revocations = row_locking<R"sql(
  DELETE FROM rowan_revocations
  WHERE (shard, n) IN (
    SELECT r.shard, r.n
    FROM rowan_revocations r
    WHERE r.expires_at < :before
      AND NOT EXISTS (
        SELECT 1
        FROM rowan_feed_heads h
        WHERE h.shard = r.shard AND h.head = r.n)
    ORDER BY r.expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

}  // namespace rowan::tokens::sql
