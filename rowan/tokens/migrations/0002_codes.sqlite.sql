-- Codes that people type from a mail, bound to the flow that asked: only keyed hashes of both are here. account_id is null for an address nobody has.
CREATE TABLE rowan_codes (
  id            TEXT PRIMARY KEY,
  flow_hash     TEXT NOT NULL,
  code_hash     TEXT NOT NULL,
  attempts_left BIGINT NOT NULL,
  purpose       TEXT NOT NULL,
  tenant        TEXT NOT NULL DEFAULT '',
  subject       TEXT NOT NULL,
  account_id    TEXT REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  generation    BIGINT NOT NULL DEFAULT 0,
  address_key   TEXT NOT NULL DEFAULT '',
  data          TEXT NOT NULL DEFAULT '{}',
  asked_from    TEXT NOT NULL DEFAULT '',
  asked_with    TEXT NOT NULL DEFAULT '',
  created_at    BIGINT NOT NULL,
  expires_at    BIGINT NOT NULL,
  consumed_at   BIGINT
);
CREATE INDEX rowan_codes_flow ON rowan_codes (flow_hash);
CREATE INDEX rowan_codes_account ON rowan_codes (account_id);
CREATE INDEX rowan_codes_address ON rowan_codes (address_key);
CREATE INDEX rowan_codes_expiry ON rowan_codes (expires_at);

-- A used mail kills its siblings, by account and by address.
CREATE INDEX rowan_links_address ON rowan_links (address_key);
