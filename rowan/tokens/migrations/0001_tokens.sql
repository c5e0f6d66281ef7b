-- Dense numbers for tokens and generations: a process takes 256 at a time.
CREATE TABLE rowan_numbers (
  name TEXT PRIMARY KEY,
  next BIGINT NOT NULL
);
INSERT INTO rowan_numbers (name, next) VALUES ('tokens', 1);

-- The row behind every session and bearer token, so that people can list and end them.
CREATE TABLE rowan_tokens (
  number     BIGINT PRIMARY KEY,
  account_id {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  tenant     TEXT NOT NULL DEFAULT '',
  subject    TEXT NOT NULL,
  purpose    TEXT NOT NULL,
  methods    TEXT NOT NULL,
  address    TEXT NOT NULL DEFAULT '',
  user_agent TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX rowan_tokens_account ON rowan_tokens (account_id);
CREATE INDEX rowan_tokens_expiry ON rowan_tokens (expires_at);

-- Mailed and other single-use tokens, `id.secret`: only a keyed hash of the secret is here. account_id is null for an address nobody has.
CREATE TABLE rowan_links (
  id          TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL,
  purpose     TEXT NOT NULL,
  tenant      TEXT NOT NULL DEFAULT '',
  subject     TEXT NOT NULL,
  account_id  {{uuid}} REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  generation  BIGINT NOT NULL DEFAULT 0,
  address_key TEXT NOT NULL DEFAULT '',
  data        TEXT NOT NULL DEFAULT '{}',
  asked_from  TEXT NOT NULL DEFAULT '',
  asked_with  TEXT NOT NULL DEFAULT '',
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  consumed_at BIGINT
);
CREATE INDEX rowan_links_account ON rowan_links (account_id);
CREATE INDEX rowan_links_expiry ON rowan_links (expires_at);

-- The revocation feed. A writer takes one head, raises it, and inserts with the number it got: the row lock makes commit order
-- equal number order within a shard, so a reader asks each shard for what lies behind its position and misses nothing.
CREATE TABLE rowan_feed_heads (
  shard INTEGER PRIMARY KEY,
  head  BIGINT NOT NULL
);
INSERT INTO rowan_feed_heads (shard, head) VALUES
  (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);
CREATE TABLE rowan_revocations (
  shard      INTEGER NOT NULL,
  n          BIGINT NOT NULL,
  kind       INTEGER NOT NULL,  -- 0: the number is dead; 1: the account of this generation changed
  number     BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (shard, n)
);
CREATE INDEX rowan_revocations_expiry ON rowan_revocations (expires_at);
