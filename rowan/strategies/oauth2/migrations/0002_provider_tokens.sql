-- By which strategy the person signed in last. The release before this one leaves it empty.
ALTER TABLE rowan_identities ADD COLUMN strategy TEXT NOT NULL DEFAULT '';

-- What a provider gave for a person, sealed, for the application to call it (keep_tokens). `version` rises with every change, so what was read
-- before another one changed it is not written back. One caller at a time refreshes: the one whose UPDATE set `refreshing_until`.
CREATE TABLE rowan_provider_tokens (
  account_id       {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  provider         TEXT NOT NULL,
  uid              TEXT NOT NULL,
  access_token     TEXT NOT NULL,
  refresh_token    TEXT NOT NULL DEFAULT '',
  scope            TEXT NOT NULL DEFAULT '',
  expires_at       BIGINT,
  version          BIGINT NOT NULL DEFAULT 0,
  refreshing_until BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, provider)
);
