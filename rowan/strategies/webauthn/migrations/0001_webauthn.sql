-- How authenticators know an account (user.id): random, and nothing else is derived from it.
CREATE TABLE rowan_webauthn_users (
  account_id  {{uuid}} PRIMARY KEY REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  user_handle TEXT NOT NULL UNIQUE,
  created_at  BIGINT NOT NULL
);

-- Passkeys of accounts: the credential records of WebAuthn Level 3. Bytes are base64url. A credential belongs to one account.
CREATE TABLE rowan_webauthn_credentials (
  id              TEXT PRIMARY KEY,
  account_id      {{uuid}} NOT NULL REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  tenant          TEXT NOT NULL,
  subject         TEXT NOT NULL,
  credential_id   TEXT NOT NULL,
  public_key      TEXT NOT NULL,
  algorithm       BIGINT NOT NULL,
  sign_count      BIGINT NOT NULL,
  transports      TEXT NOT NULL DEFAULT '',
  aaguid          TEXT NOT NULL DEFAULT '',
  discoverable    BIGINT NOT NULL DEFAULT 1,
  user_verified   BIGINT NOT NULL DEFAULT 0,
  backup_eligible BIGINT NOT NULL,
  backed_up       BIGINT NOT NULL,
  attestation     TEXT NOT NULL DEFAULT 'none',
  label           TEXT NOT NULL DEFAULT '',
  created_at      BIGINT NOT NULL,
  last_used_at    BIGINT
);
CREATE UNIQUE INDEX rowan_webauthn_credentials_id ON rowan_webauthn_credentials (tenant, credential_id);
CREATE INDEX rowan_webauthn_credentials_account ON rowan_webauthn_credentials (account_id);

-- Challenges that wait for their answer. `flow` is a hash of what the browser or program keeps, or names the sign-in that waits for its
-- second factor. Using one deletes it.
CREATE TABLE rowan_webauthn_challenges (
  id         TEXT PRIMARY KEY,
  flow       TEXT NOT NULL,
  ceremony   TEXT NOT NULL,
  tenant     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  account_id {{uuid}} REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  generation BIGINT NOT NULL DEFAULT 0,
  challenge  TEXT NOT NULL,
  data       TEXT NOT NULL DEFAULT '{}',
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX rowan_webauthn_challenges_flow ON rowan_webauthn_challenges (flow);
CREATE INDEX rowan_webauthn_challenges_account ON rowan_webauthn_challenges (account_id);
CREATE INDEX rowan_webauthn_challenges_expiry ON rowan_webauthn_challenges (expires_at);
