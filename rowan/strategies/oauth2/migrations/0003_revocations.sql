-- Tokens of a provider that was disconnected, or of an account that was closed, until the provider has heard that they are over (RFC 7009).
-- They are sealed as they were in rowan_provider_tokens. No reference: the account may be gone.
CREATE TABLE rowan_provider_revocations (
  account_id    {{uuid}} NOT NULL,
  provider      TEXT NOT NULL,
  access_token  TEXT NOT NULL,
  refresh_token TEXT NOT NULL DEFAULT '',
  tries         BIGINT NOT NULL DEFAULT 0,
  next_at       BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, provider)
);
CREATE INDEX rowan_provider_revocations_due ON rowan_provider_revocations (provider, next_at);
