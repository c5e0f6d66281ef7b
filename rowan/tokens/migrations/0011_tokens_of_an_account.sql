-- The tokens of one account in the order of their numbers, so that a list of them, or forgetting them, goes on where it stopped.
CREATE INDEX rowan_tokens_account_number ON rowan_tokens (account_id, number);
