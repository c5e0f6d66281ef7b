-- A sign-in that waits: for a second factor now, for a provider's answer or a passkey later. Used once.
CREATE TABLE rowan_flows (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,
  tenant      TEXT NOT NULL DEFAULT '',
  subject     TEXT NOT NULL,
  account_id  {{uuid}} REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  generation  BIGINT NOT NULL DEFAULT 0,
  strategy    TEXT NOT NULL,
  phase       TEXT NOT NULL,
  methods     TEXT NOT NULL DEFAULT '',
  remember_me BIGINT NOT NULL DEFAULT 0,
  return_to   TEXT NOT NULL DEFAULT '',
  data        TEXT NOT NULL DEFAULT '{}',
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  consumed_at BIGINT
);
CREATE INDEX rowan_flows_expiry ON rowan_flows (expires_at);
