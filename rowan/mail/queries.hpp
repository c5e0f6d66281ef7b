#pragma once
#include <rowan/storage/sql.hpp>

namespace rowan::mail::queries {

inline constexpr Sql put{
    "INSERT INTO rowan_outbox (id, recipient, subject, kind, state, key_id, sealed_body, created_at, useful_until, "
    "next_attempt_at, scope)"
    " VALUES (:id, :recipient, :subject, :kind, 'waiting', :key_id, :sealed_body, :now, :useful_until, :now, :scope)"};

// Asked first, so that an idle worker writes nothing: on SQLite it would take the one writer's lock at every poll.
inline constexpr Sql any_due{
    "SELECT 1 FROM rowan_outbox WHERE state = 'waiting' AND next_attempt_at <= :now"
    " AND (lease_until IS NULL OR lease_until < :now) LIMIT 1"};

// One row, the longest due; whoever comes at the same time gets the next. `attempts` is also the number of
// the lease.
inline constexpr Sql claim{
    "UPDATE rowan_outbox SET lease_until = :lease_until, attempts = attempts + 1 WHERE id = ("
    "SELECT id FROM rowan_outbox WHERE state = 'waiting' AND next_attempt_at <= :now"
    " AND (lease_until IS NULL OR lease_until < :now) ORDER BY next_attempt_at LIMIT 1)"
    " RETURNING id, recipient, subject, kind, key_id, sealed_body, created_at, useful_until, attempts",
    "UPDATE rowan_outbox SET lease_until = :lease_until, attempts = attempts + 1 WHERE id = ("
    "SELECT id FROM rowan_outbox WHERE state = 'waiting' AND next_attempt_at <= :now"
    " AND (lease_until IS NULL OR lease_until < :now) ORDER BY next_attempt_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)"
    " RETURNING id, recipient, subject, kind, key_id, sealed_body, created_at, useful_until, attempts"};

// What was sent is sent, also when the lease ran out meanwhile: that spares the next worker its turn.
inline constexpr Sql mark_sent{
    "UPDATE rowan_outbox SET state = 'sent', sealed_body = NULL, lease_until = NULL, detail = '', finished_at = :now"
    " WHERE id = :id AND state = 'waiting'"};

inline constexpr Sql give_up{
    "UPDATE rowan_outbox SET state = :state, sealed_body = NULL, lease_until = NULL, detail = :detail, finished_at = "
    ":now"
    " WHERE id = :id AND state = 'waiting' AND attempts = :attempts"};

inline constexpr Sql give_up_waiting{
    "UPDATE rowan_outbox SET state = 'expired', sealed_body = NULL, lease_until = NULL, detail = 'a backup was "
    "restored',"
    " finished_at = :before WHERE id IN (SELECT id FROM rowan_outbox WHERE state = 'waiting' LIMIT :most)"};

inline constexpr Sql forget{"DELETE FROM rowan_outbox WHERE recipient = :recipient AND scope = :scope AND scope <> ''"};

inline constexpr Sql try_later{
    "UPDATE rowan_outbox SET next_attempt_at = :next_attempt_at, lease_until = NULL, detail = :detail"
    " WHERE id = :id AND state = 'waiting' AND attempts = :attempts"};

inline constexpr Sql list{
    "SELECT id, recipient, subject, kind, state, attempts, created_at, next_attempt_at, detail FROM rowan_outbox"
    " ORDER BY created_at DESC, id DESC LIMIT :at_most"};

// The lease stays: a conversation in progress is not doubled.
inline constexpr Sql retry{"UPDATE rowan_outbox SET next_attempt_at = :now WHERE id = :id AND state = 'waiting'"};

inline constexpr Sql expire{
    "DELETE FROM rowan_outbox WHERE id IN (SELECT id FROM rowan_outbox"
    " WHERE finished_at IS NOT NULL AND finished_at < :before ORDER BY finished_at LIMIT :most)",
    "DELETE FROM rowan_outbox WHERE id IN (SELECT id FROM rowan_outbox"
    " WHERE finished_at IS NOT NULL AND finished_at < :before ORDER BY finished_at LIMIT :most FOR UPDATE SKIP "
    "LOCKED)"};

}  // namespace rowan::mail::queries
