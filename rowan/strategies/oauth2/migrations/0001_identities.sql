-- Whose account a person of a provider signs in to. `provider` is the issuer, or the strategy's name where the provider has none; `uid` never
-- changes its account. `email` is what the provider said last, for the account page.
CREATE TABLE rowan_identities (
  tenant       TEXT NOT NULL DEFAULT '',
  subject      TEXT NOT NULL,
  provider     TEXT NOT NULL,
  uid          TEXT NOT NULL,
  account_id   {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  email        TEXT NOT NULL DEFAULT '',
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, subject, provider, uid)
);
-- One person of each provider for an account.
CREATE UNIQUE INDEX rowan_identities_account ON rowan_identities (account_id, provider);
