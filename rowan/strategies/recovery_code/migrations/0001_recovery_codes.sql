-- Recovery codes of accounts. Only their hashes, each made for its account; a code is used once. `set_id` is of those that were made together.
CREATE TABLE rowan_recovery_codes (
  hash       TEXT PRIMARY KEY,
  account_id {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  set_id     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at    BIGINT
);
CREATE INDEX rowan_recovery_codes_account ON rowan_recovery_codes (account_id);
