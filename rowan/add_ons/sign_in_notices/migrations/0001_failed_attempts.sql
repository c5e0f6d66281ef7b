-- Failed attempts at an account, until somebody signs in to it or their window ends. `attempted` is a keyed hash of the address or the account.
CREATE TABLE rowan_failed_attempts (
  attempted TEXT PRIMARY KEY,
  failures  BIGINT NOT NULL,
  ends_at   BIGINT NOT NULL
);
CREATE INDEX rowan_failed_attempts_ends ON rowan_failed_attempts (ends_at);
