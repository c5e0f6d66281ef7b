-- Authenticators of accounts. `secret` is sealed, and bound to the account and this row. A code is used once: `last_step` only grows.
CREATE TABLE rowan_totp (
  id         TEXT PRIMARY KEY,
  account_id {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  label      TEXT NOT NULL DEFAULT '',
  secret     TEXT NOT NULL,
  algorithm  TEXT NOT NULL,
  digits     BIGINT NOT NULL,
  period     BIGINT NOT NULL,
  last_step  BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE INDEX rowan_totp_account ON rowan_totp (account_id);

-- Seeds that were shown and wait for their first right code. `id` is the hash of the flow that the browser or program keeps.
CREATE TABLE rowan_totp_setups (
  id         TEXT PRIMARY KEY,
  account_id {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  generation BIGINT NOT NULL,
  secret     TEXT NOT NULL,
  algorithm  TEXT NOT NULL,
  digits     BIGINT NOT NULL,
  period     BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX rowan_totp_setups_account ON rowan_totp_setups (account_id);
CREATE INDEX rowan_totp_setups_expiry ON rowan_totp_setups (expires_at);
