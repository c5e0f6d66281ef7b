-- Browsers that have signed in to an account: what is guessed elsewhere does not lock them out. `device` is a hash of the cookie's
-- random value. The rows go with the account, and whenever everything of it ends.
CREATE TABLE rowan_devices (
  account_id {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  device     TEXT NOT NULL,
  seen_at    BIGINT NOT NULL,
  PRIMARY KEY (account_id, device)
);
CREATE INDEX rowan_devices_seen ON rowan_devices (seen_at);

-- What binds a link to the browser or program that caused it, hashed; empty: nothing does.
ALTER TABLE rowan_links ADD COLUMN flow_hash TEXT NOT NULL DEFAULT '';
