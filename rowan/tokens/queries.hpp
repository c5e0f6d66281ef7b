#pragma once
#include <rowan/storage/sql.hpp>

namespace rowan::tokens::sql {

// Never from below what is known to be given out: the counter may have come back with a backup.
inline constexpr Sql take_block{
    "UPDATE rowan_numbers SET next = CASE WHEN next < :known THEN :known ELSE next END + :size WHERE name = 'tokens' "
    "RETURNING next",
    "UPDATE rowan_numbers SET next = GREATEST(next, CAST(:known AS BIGINT)) + CAST(:size AS BIGINT) "
    "WHERE name = 'tokens' RETURNING next"};
inline constexpr Sql move_numbers_on{"UPDATE rowan_numbers SET next = :known WHERE name = 'tokens' AND next < :known"};
inline constexpr Sql counters{"SELECT next, floor FROM rowan_numbers WHERE name = 'tokens'"};

inline constexpr Sql insert_token{
    "INSERT INTO rowan_tokens (number, account_id, tenant, subject, purpose, methods, address, user_agent, created_at, "
    "seen_at, expires_at) "
    "VALUES (:number, :account, :tenant, :subject, :purpose, :methods, :address, :user_agent, :now, :now, "
    ":expires_at)"};
inline constexpr Sql revoke_token{
    "UPDATE rowan_tokens SET revoked_at = :now WHERE number = :number AND revoked_at IS NULL RETURNING expires_at"};
inline constexpr Sql revoke_tokens_of{
    "UPDATE rowan_tokens SET revoked_at = :now WHERE number IN (SELECT number FROM rowan_tokens "
    "WHERE account_id = :account AND revoked_at IS NULL LIMIT :most) RETURNING expires_at"};
inline constexpr Sql expire_tokens{
    "DELETE FROM rowan_tokens WHERE number IN (SELECT number FROM rowan_tokens WHERE expires_at < :before "
    "ORDER BY expires_at LIMIT :most)",
    "DELETE FROM rowan_tokens WHERE number IN (SELECT number FROM rowan_tokens WHERE expires_at < :before "
    "ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED)"};

inline constexpr Sql forget_origins{
    "UPDATE rowan_tokens SET address = '', user_agent = '' WHERE account_id = :account"};
inline constexpr Sql delete_links_of{"DELETE FROM rowan_links WHERE account_id = :account"};
inline constexpr Sql delete_codes_of{"DELETE FROM rowan_codes WHERE account_id = :account"};
inline constexpr Sql delete_links_of_address{
    "DELETE FROM rowan_links WHERE address_key = :address_key AND tenant = :tenant AND subject = :subject "
    "AND account_id IS NULL"};
inline constexpr Sql delete_codes_of_address{
    "DELETE FROM rowan_codes WHERE address_key = :address_key AND tenant = :tenant AND subject = :subject "
    "AND account_id IS NULL"};

inline constexpr Sql insert_link{
    "INSERT INTO rowan_links (id, secret_hash, purpose, tenant, subject, account_id, generation, address_key, data, "
    "asked_from, asked_with, flow_hash, "
    "created_at, expires_at) VALUES (:id, :secret_hash, :purpose, :tenant, :subject, :account, :generation, "
    ":address_key, :data, "
    ":asked_from, :asked_with, :flow_hash, :now, :expires_at)"};
inline constexpr Sql look_at_link{
    "SELECT secret_hash, account_id, generation, address_key, data, asked_from, asked_with, created_at, expires_at, "
    "flow_hash FROM rowan_links "
    "WHERE id = :id AND purpose = :purpose AND tenant = :tenant AND subject = :subject AND consumed_at IS NULL AND "
    "expires_at > :now"};
inline constexpr Sql consume_link{
    "UPDATE rowan_links SET consumed_at = :now "
    "WHERE id = :id AND purpose = :purpose AND tenant = :tenant AND subject = :subject AND secret_hash = :secret_hash "
    "AND consumed_at IS NULL AND expires_at > :now "
    "RETURNING secret_hash, account_id, generation, address_key, data, asked_from, asked_with, created_at, expires_at, "
    "flow_hash"};
inline constexpr Sql end_links_of{
    "UPDATE rowan_links SET consumed_at = :now WHERE account_id = :account AND consumed_at IS NULL"};
inline constexpr Sql newest_link{
    "SELECT secret_hash, account_id, generation, address_key, data, asked_from, asked_with, created_at, expires_at, "
    "flow_hash FROM rowan_links "
    "WHERE address_key = :address_key AND purpose = :purpose AND tenant = :tenant AND subject = :subject AND "
    "flow_hash = :flow_hash AND consumed_at IS NULL "
    "AND expires_at > :now ORDER BY created_at DESC, id LIMIT 1"};
// A mail that was used kills what is left of its kind, for the account and for the address it went to.
// PostgreSQL: whoever ends several locks them in one order; SQLite has one writer.
inline constexpr Sql lock_links_of_address{
    "SELECT 1 WHERE :address_key = :purpose AND :tenant = :subject",
    "SELECT id FROM rowan_links WHERE address_key = :address_key AND purpose = :purpose AND tenant = :tenant "
    "AND subject = :subject AND consumed_at IS NULL ORDER BY id FOR NO KEY UPDATE"};
inline constexpr Sql lock_codes_of_address{
    "SELECT 1 WHERE :address_key = :purpose AND :tenant = :subject",
    "SELECT id FROM rowan_codes WHERE address_key = :address_key AND purpose = :purpose AND tenant = :tenant "
    "AND subject = :subject AND consumed_at IS NULL ORDER BY id FOR NO KEY UPDATE"};
inline constexpr Sql end_sibling_links{
    "UPDATE rowan_links SET consumed_at = :now WHERE tenant = :tenant AND subject = :subject AND purpose = :purpose "
    "AND consumed_at IS NULL AND created_at >= :since "
    "AND (account_id = :account OR address_key = :address_key)"};
inline constexpr Sql expire_links{
    "DELETE FROM rowan_links WHERE id IN (SELECT id FROM rowan_links WHERE expires_at < :before "
    "ORDER BY expires_at LIMIT :most)",
    "DELETE FROM rowan_links WHERE id IN (SELECT id FROM rowan_links WHERE expires_at < :before "
    "ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED)"};

inline constexpr Sql insert_code{
    "INSERT INTO rowan_codes (id, flow_hash, code_hash, attempts_left, purpose, tenant, subject, account_id, "
    "generation, address_key, data, "
    "asked_from, asked_with, created_at, expires_at) VALUES (:id, :flow_hash, :code_hash, :attempts_left, :purpose, "
    ":tenant, :subject, "
    ":account, :generation, :address_key, :data, :asked_from, :asked_with, :now, :expires_at)"};
inline constexpr Sql count_guess{
    "UPDATE rowan_codes SET attempts_left = attempts_left - 1 "
    "WHERE flow_hash = :flow_hash AND purpose = :purpose AND tenant = :tenant AND subject = :subject "
    "AND consumed_at IS NULL AND expires_at > :now AND attempts_left > 0 "
    "RETURNING account_id, generation, address_key, data, asked_from, asked_with, created_at, expires_at, "
    "id, code_hash"};
inline constexpr Sql spent_until{
    "SELECT MAX(expires_at) AS expires_at FROM rowan_codes WHERE flow_hash = :flow_hash AND purpose = :purpose AND "
    "tenant = :tenant "
    "AND subject = :subject "
    "AND consumed_at IS NULL AND expires_at > :now AND attempts_left <= 0"};
// Whether a guess by this flow at this address can fit at all, and whose account it would open.
inline constexpr Sql live_code{
    "SELECT account_id FROM rowan_codes WHERE flow_hash = :flow_hash AND purpose = :purpose AND tenant = :tenant "
    "AND subject = :subject AND address_key = :address_key "
    "AND consumed_at IS NULL AND expires_at > :now AND attempts_left > 0 ORDER BY created_at DESC LIMIT 1"};
inline constexpr Sql consume_code{
    "UPDATE rowan_codes SET consumed_at = :now WHERE id = :id AND consumed_at IS NULL AND expires_at > :now"};
inline constexpr Sql end_sibling_codes{
    "UPDATE rowan_codes SET consumed_at = :now WHERE tenant = :tenant AND subject = :subject AND purpose = :purpose "
    "AND consumed_at IS NULL "
    "AND (account_id = :account OR address_key = :address_key)"};
inline constexpr Sql end_codes_of{
    "UPDATE rowan_codes SET consumed_at = :now WHERE account_id = :account AND consumed_at IS NULL"};
inline constexpr Sql expire_codes{
    "DELETE FROM rowan_codes WHERE id IN (SELECT id FROM rowan_codes WHERE expires_at < :before "
    "ORDER BY expires_at LIMIT :most)",
    "DELETE FROM rowan_codes WHERE id IN (SELECT id FROM rowan_codes WHERE expires_at < :before "
    "ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED)"};

// PostgreSQL: a head that nobody holds; SQLite has one writer, so every head is free.
inline constexpr Sql raise_head_if_free{
    "UPDATE rowan_feed_heads SET head = head + 1 WHERE shard = :shard RETURNING shard, head",
    "UPDATE rowan_feed_heads SET head = head + 1 WHERE shard = "
    "(SELECT shard FROM rowan_feed_heads WHERE shard = :shard FOR UPDATE SKIP LOCKED) RETURNING shard, head"};
inline constexpr Sql raise_free_head{
    "UPDATE rowan_feed_heads SET head = head + 1 WHERE shard = 0 RETURNING shard, head",
    "UPDATE rowan_feed_heads SET head = head + 1 WHERE shard = "
    "(SELECT shard FROM rowan_feed_heads ORDER BY shard LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING shard, head"};
inline constexpr Sql raise_head{
    "UPDATE rowan_feed_heads SET head = head + 1 WHERE shard = :shard RETURNING shard, head"};
inline constexpr Sql insert_revocation{
    "INSERT INTO rowan_revocations (shard, n, kind, number, expires_at, mark) VALUES (:shard, :n, :kind, :number, "
    ":expires_at, :mark)"};
inline constexpr Sql is_published{"SELECT 1 FROM rowan_revocations WHERE number = :number AND kind <> 1 LIMIT 1"};
// With the row at the head, by whose mark a reader that stands there knows it.
inline constexpr Sql heads{
    "SELECT h.shard, h.head, COALESCE(r.mark, 0) AS mark, CASE WHEN r.n IS NULL THEN 0 ELSE 1 END AS there FROM "
    "rowan_feed_heads h "
    "LEFT JOIN rowan_revocations r ON r.shard = h.shard AND r.n = h.head"};
// From the row at the position, included. Nothing is left out by a clock: the reader's may be wrong.
inline constexpr Sql behind{
    "SELECT n, kind, number, mark, expires_at FROM rowan_revocations WHERE shard = :shard AND n >= :position "
    "AND n <= :head ORDER BY n LIMIT :most"};
inline constexpr Sql dead_among{
    "SELECT number FROM rowan_revocations WHERE kind <> 1 AND number IN (SELECT value FROM json_each(:numbers))",
    "SELECT number FROM rowan_revocations WHERE kind <> 1 AND number = ANY (CAST(:numbers AS BIGINT[]))"};
// The newest row of a shard stays: readers stand on it and know by it that the feed is the one they have read.
inline constexpr Sql expire_revocations{
    "DELETE FROM rowan_revocations WHERE rowid IN (SELECT r.rowid FROM rowan_revocations r WHERE r.expires_at < "
    ":before "
    "AND NOT EXISTS (SELECT 1 FROM rowan_feed_heads h WHERE h.shard = r.shard AND h.head = r.n) "
    "ORDER BY r.expires_at LIMIT :most)",
    "DELETE FROM rowan_revocations WHERE (shard, n) IN (SELECT r.shard, r.n FROM rowan_revocations r "
    "WHERE r.expires_at < :before "
    "AND NOT EXISTS (SELECT 1 FROM rowan_feed_heads h WHERE h.shard = r.shard AND h.head = r.n) "
    "ORDER BY r.expires_at LIMIT :most FOR UPDATE SKIP LOCKED)"};

}  // namespace rowan::tokens::sql
