#pragma once
// Not installed.
#include <rowan/storage/sql.hpp>

namespace rowan::mail::queries {

inline constexpr Sql put{R"sql(
  INSERT INTO rowan_outbox (id, recipient, subject, kind, state, key_id, sealed_body, created_at, useful_until,
      next_attempt_at, scope, withheld)
  VALUES (:id, :recipient, :subject, :kind, 'waiting', :key_id, :sealed_body, :now, :useful_until, :now, :scope, :withheld)
)sql"};

// Asked first, so that an idle worker writes nothing: on SQLite it would take the one writer's lock at every poll.
inline constexpr Sql any_due{R"sql(
  SELECT 1
  FROM rowan_outbox
  WHERE state = 'waiting' AND next_attempt_at <= :now AND (lease_until IS NULL OR lease_until < :now)
  LIMIT 1
)sql"};

// One row, the longest due; a worker that comes at the same time gets the next. `attempts` is also the number of
// the lease.
inline constexpr Sql claim = row_locking<R"sql(
  UPDATE rowan_outbox
  SET lease_until = :lease_until, attempts = attempts + 1
  WHERE id = (
    SELECT id
    FROM rowan_outbox
    WHERE state = 'waiting' AND next_attempt_at <= :now AND (lease_until IS NULL OR lease_until < :now)
    ORDER BY next_attempt_at LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED)
  RETURNING id, recipient, subject, kind, key_id, sealed_body, created_at, useful_until, attempts, withheld
)sql">;

// What was sent is sent, also when the lease ran out meanwhile: that spares the next worker its turn.
inline constexpr Sql mark_sent{R"sql(
  UPDATE rowan_outbox
  SET state = 'sent', sealed_body = NULL, lease_until = NULL, detail = '', finished_at = :now
  WHERE id = :id AND state = 'waiting'
)sql"};

inline constexpr Sql give_up{R"sql(
  UPDATE rowan_outbox
  SET state = :state, sealed_body = NULL, lease_until = NULL, detail = :detail, finished_at = :now
  WHERE id = :id AND state = 'waiting' AND attempts = :attempts
)sql"};

inline constexpr Sql give_up_waiting{R"sql(
  UPDATE rowan_outbox
  SET state = 'expired', sealed_body = NULL, lease_until = NULL, detail = 'a backup was restored',
      finished_at = :before
  WHERE id IN (
    SELECT id
    FROM rowan_outbox
    WHERE state = 'waiting'
    LIMIT :most)
)sql"};

inline constexpr Sql forget{R"sql(
  DELETE FROM rowan_outbox
  WHERE recipient = :recipient AND scope = :scope AND scope <> ''
)sql"};

inline constexpr Sql try_later{R"sql(
  UPDATE rowan_outbox
  SET next_attempt_at = :next_attempt_at, lease_until = NULL, detail = :detail
  WHERE id = :id AND state = 'waiting' AND attempts = :attempts
)sql"};

// A withheld mail is shown as that, whatever state its row is in. Index rowan_outbox_by_state is of this expression: in
// another spelling it serves no list.
inline constexpr storage::Literal shown_state{"CASE WHEN withheld = 1 THEN 'withheld' ELSE state END"};
// What OutboxEntry is read from.
inline constexpr storage::Literal listed = storage::joined_text<"SELECT", shown_state, R"sql(
    AS state, id, recipient, subject, kind, attempts, created_at, next_attempt_at, detail
  FROM rowan_outbox
)sql">;
// Ids begin with the time they were made at, so their order is that of the mails.
inline constexpr Sql list = sql_of<listed, R"sql(
  WHERE id < :before
  ORDER BY id DESC LIMIT :at_most
)sql">;
inline constexpr storage::Literal page_of_state = storage::joined_text<listed, "WHERE", shown_state, R"sql(
    = :state AND id < :before
  ORDER BY id DESC LIMIT :at_most
)sql">;
inline constexpr Sql list_of_state = sql_of<page_of_state>;
inline constexpr Sql find = sql_of<listed, "WHERE id = :id">;

// Both halves walk an index and stop: asking costs the same on the day a million mails wait. A withheld mail is in
// neither: it waits for its end, and for no sender.
inline constexpr Sql count = sql_of<R"sql(
  SELECT state, COUNT(*) AS mails
  FROM (
    SELECT state
    FROM rowan_outbox
    WHERE
)sql",
                                    shown_state, R"sql(
      = 'waiting'
    LIMIT 100000) AS waiting
  GROUP BY state
  UNION ALL
  SELECT state, COUNT(*) AS mails
  FROM (
    SELECT state, withheld
    FROM rowan_outbox
    WHERE finished_at > :since
    ORDER BY finished_at DESC LIMIT 100000) AS finished
  WHERE withheld = 0
  GROUP BY state
)sql">;

// The lease stays: a conversation in progress is not doubled.
inline constexpr Sql retry{R"sql(
  UPDATE rowan_outbox
  SET next_attempt_at = :now
  WHERE id = :id AND state = 'waiting' AND withheld = 0
)sql"};

inline constexpr Sql expire = row_locking<R"sql(
  DELETE FROM rowan_outbox
  WHERE id IN (
    SELECT id
    FROM rowan_outbox
    WHERE finished_at IS NOT NULL AND finished_at < :before
    ORDER BY finished_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

}  // namespace rowan::mail::queries
