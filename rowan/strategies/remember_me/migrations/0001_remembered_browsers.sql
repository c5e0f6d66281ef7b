-- Browsers that are signed in again. Nothing here lets anybody in: the browser's cookie is sealed under a master secret. `step` counts how often
-- it was used, `session` is the one that the browser got last, the generations those of the account and tenant when it was remembered.
CREATE TABLE rowan_remembered_browsers (
  id                 TEXT PRIMARY KEY,
  account_id         {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  tenant             TEXT NOT NULL,
  subject            TEXT NOT NULL,
  generation         BIGINT NOT NULL,
  tenant_generation  BIGINT NOT NULL,
  step               BIGINT NOT NULL,
  session            BIGINT NOT NULL,
  session_expires_at BIGINT NOT NULL,
  browser            TEXT NOT NULL,
  address            TEXT NOT NULL,
  created_at         BIGINT NOT NULL,
  used_at            BIGINT NOT NULL,
  expires_at         BIGINT NOT NULL
);
CREATE INDEX rowan_remembered_browsers_account ON rowan_remembered_browsers (account_id);
CREATE INDEX rowan_remembered_browsers_session ON rowan_remembered_browsers (session);
CREATE INDEX rowan_remembered_browsers_expiry ON rowan_remembered_browsers (expires_at);
