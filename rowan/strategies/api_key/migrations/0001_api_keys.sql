-- Keys that people give to programs. Only a keyed hash of each; `number` is what revokes it on every node, `generation` the account's when it
-- was made. Scopes are words with blanks between them. A key that was revoked expires at that moment.
CREATE TABLE rowan_api_keys (
  id           TEXT PRIMARY KEY,
  number       BIGINT NOT NULL UNIQUE,
  account_id   {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  tenant       TEXT NOT NULL,
  subject      TEXT NOT NULL,
  hash         TEXT NOT NULL,
  name         TEXT NOT NULL,
  hint         TEXT NOT NULL,
  scopes       TEXT NOT NULL,
  generation   BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT,
  last_used_at BIGINT,
  revoked_at   BIGINT
);
CREATE INDEX rowan_api_keys_account ON rowan_api_keys (account_id);
CREATE INDEX rowan_api_keys_expiry ON rowan_api_keys (expires_at);
