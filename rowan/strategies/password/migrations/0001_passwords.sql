CREATE TABLE rowan_passwords (
  account_id  {{uuid}} PRIMARY KEY REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  hash        TEXT NOT NULL,
  changed_at  BIGINT NOT NULL,
  must_change BIGINT NOT NULL DEFAULT 0
);
