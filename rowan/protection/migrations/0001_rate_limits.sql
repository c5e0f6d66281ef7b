-- One row a counted thing; `key` is a keyed hash, so no address of a person is stored.
CREATE TABLE rowan_rate_limits (
  key        TEXT PRIMARY KEY,
  count      BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX rowan_rate_limits_expiry ON rowan_rate_limits (expires_at);
