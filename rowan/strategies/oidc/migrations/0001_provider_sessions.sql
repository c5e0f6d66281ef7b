-- Which session of a provider each session and token of ours came from, to be found when the provider ends it.
CREATE TABLE rowan_provider_sessions (
  number     BIGINT PRIMARY KEY,
  account_id {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  tenant     TEXT NOT NULL DEFAULT '',
  subject    TEXT NOT NULL,
  strategy   TEXT NOT NULL,
  provider   TEXT NOT NULL,
  uid        TEXT NOT NULL,
  sid        TEXT NOT NULL DEFAULT '',
  kept       TEXT NOT NULL DEFAULT '',
  issued_at  BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX rowan_provider_sessions_uid ON rowan_provider_sessions (uid, provider);
CREATE INDEX rowan_provider_sessions_sid ON rowan_provider_sessions (sid, provider);
CREATE INDEX rowan_provider_sessions_account ON rowan_provider_sessions (account_id);
CREATE INDEX rowan_provider_sessions_expiry ON rowan_provider_sessions (expires_at);
-- What a provider has ended, and which of its logout tokens were taken. A sign-in that was on its way meanwhile finds it here.
CREATE TABLE rowan_provider_logouts (
  key        TEXT PRIMARY KEY,
  ended_at   BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX rowan_provider_logouts_expiry ON rowan_provider_logouts (expires_at);
