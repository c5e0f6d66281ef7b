-- One row a tenant; made with its first account. `generation` is what every token of the tenant is revoked by.
CREATE TABLE rowan_tenants (
  tenant     TEXT PRIMARY KEY,
  generation BIGINT NOT NULL
);

-- One row a person. Times are microseconds since 1970, UTC. `id` never changes its type and may be referenced.
CREATE TABLE rowan_accounts (
  id           {{uuid}} PRIMARY KEY,
  tenant       TEXT NOT NULL DEFAULT '',
  subject      TEXT NOT NULL,
  generation   BIGINT NOT NULL,
  locale       TEXT NOT NULL DEFAULT '',
  extra        TEXT NOT NULL DEFAULT '{}',
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  disabled_at  BIGINT,
  closed_at    BIGINT
);

-- Addresses and names an account is found by. `key` is what is compared, `shown` what its owner wrote.
CREATE TABLE rowan_identifiers (
  tenant      TEXT NOT NULL DEFAULT '',
  subject     TEXT NOT NULL,
  kind        TEXT NOT NULL,
  key         TEXT NOT NULL,
  shown       TEXT NOT NULL,
  verified_at BIGINT,
  account_id  {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (tenant, subject, kind, key)
);
CREATE INDEX rowan_identifiers_account ON rowan_identifiers (account_id);
