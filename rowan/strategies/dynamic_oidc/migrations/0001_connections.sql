-- Providers of OpenID Connect that tenants bring themselves. The secret is sealed for its row.
CREATE TABLE rowan_connections (
  id             TEXT PRIMARY KEY,
  strategy       TEXT NOT NULL,
  tenant         TEXT NOT NULL DEFAULT '',
  subject        TEXT NOT NULL,
  issuer         TEXT NOT NULL,
  client_id      TEXT NOT NULL,
  client_secret  TEXT NOT NULL DEFAULT '',
  authentication TEXT NOT NULL,
  display_name   TEXT NOT NULL,
  trusts         BIGINT NOT NULL DEFAULT 0,
  registers      BIGINT NOT NULL DEFAULT 1,
  created_at     BIGINT NOT NULL,
  disabled_at    BIGINT
);
CREATE INDEX rowan_connections_realm ON rowan_connections (tenant, subject, strategy, id);
-- Whose addresses lead to a connection; a domain leads to one.
CREATE TABLE rowan_connection_domains (
  strategy      TEXT NOT NULL,
  tenant        TEXT NOT NULL DEFAULT '',
  subject       TEXT NOT NULL,
  domain        TEXT NOT NULL,
  connection_id TEXT NOT NULL REFERENCES rowan_connections (id) ON DELETE CASCADE,
  PRIMARY KEY (tenant, subject, strategy, domain)
);
CREATE INDEX rowan_connection_domains_connection ON rowan_connection_domains (connection_id);
