-- What has not ended, however many of an account have. A file of its own: readers go on while it is built.
CREATE INDEX rowan_tokens_live ON rowan_tokens (account_id, number) WHERE revoked_at IS NULL;
