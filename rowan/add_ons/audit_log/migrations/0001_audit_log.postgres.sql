-- What happened to accounts, a row an event. `id` is ordered in time: a UUID that begins with the milliseconds, so old rows are
-- found by it. No reference to the account: the fact outlives it. `address` is what audit_log.ip_privacy_mode leaves of it. `guess` is a keyed hash of what a wrong guess
-- at a secret is counted by, until a right one ends the series. `data` is JSON of at most 2,048 bytes.
CREATE TABLE rowan_audit_log (
  id         TEXT PRIMARY KEY,
  at         BIGINT NOT NULL,
  tenant     TEXT NOT NULL DEFAULT '',
  subject    TEXT NOT NULL,
  account_id uuid,
  event      TEXT NOT NULL,
  strategy   TEXT NOT NULL,
  phase      TEXT NOT NULL,
  code       TEXT NOT NULL DEFAULT '',
  identity   TEXT NOT NULL DEFAULT '',
  address    TEXT NOT NULL DEFAULT '',
  user_agent TEXT NOT NULL DEFAULT '',
  data       TEXT NOT NULL DEFAULT '{}',
  guess      TEXT
);
CREATE INDEX rowan_audit_log_account ON rowan_audit_log (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX rowan_audit_log_guess ON rowan_audit_log (guess, at) WHERE guess IS NOT NULL;

-- Accounts whose rows need care. `shown_after`: rows up to this id are another person's, who had the account before its owner proved the
-- address. `forget`: what has still to be taken out of its rows, 'details' of a closed account or the 'account' of an erased one, from
-- the row `next` on; `since` is when that began.
CREATE TABLE rowan_audit_accounts (
  account_id  uuid PRIMARY KEY,
  shown_after TEXT NOT NULL DEFAULT '',
  forget      TEXT NOT NULL DEFAULT '',
  next        TEXT NOT NULL DEFAULT '',
  since       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX rowan_audit_accounts_forget ON rowan_audit_accounts (since) WHERE forget <> '';
