-- In which generations of its account and tenant a token was made: it is dead when they are, whether its row says so or not. Null: a
-- row of the release before, which may still run beside us.
ALTER TABLE rowan_tokens ADD COLUMN generation BIGINT;
ALTER TABLE rowan_tokens ADD COLUMN tenant_generation BIGINT;
