-- What happens when an account has a person's address and the connection's word does not count: 'reject', 'confirm'.
ALTER TABLE rowan_connections ADD COLUMN untrusted_match TEXT NOT NULL DEFAULT 'reject';
