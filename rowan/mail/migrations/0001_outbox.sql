-- Mails on their way (DESIGN 5.7). Times are microseconds since 1970; ids are UUIDs as text on both databases.
CREATE TABLE rowan_outbox (
  id TEXT NOT NULL PRIMARY KEY,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'expired')),
  key_id BIGINT NOT NULL,
  sealed_body TEXT,
  created_at BIGINT NOT NULL,
  useful_until BIGINT NOT NULL,
  next_attempt_at BIGINT NOT NULL,
  lease_until BIGINT,
  attempts BIGINT NOT NULL DEFAULT 0,
  detail TEXT NOT NULL DEFAULT '',
  finished_at BIGINT,
  CHECK ((state = 'waiting') = (sealed_body IS NOT NULL))
);
CREATE INDEX rowan_outbox_due ON rowan_outbox (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX rowan_outbox_created ON rowan_outbox (created_at);
CREATE INDEX rowan_outbox_finished ON rowan_outbox (finished_at) WHERE finished_at IS NOT NULL;
