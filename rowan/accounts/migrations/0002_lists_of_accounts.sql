-- What lists of accounts are read by, a page at a time. Few accounts are disabled or closed, so finding those does not walk the others.
CREATE INDEX rowan_accounts_listed ON rowan_accounts (tenant, subject, id);
CREATE INDEX rowan_accounts_disabled ON rowan_accounts (tenant, subject, id) WHERE disabled_at IS NOT NULL;
CREATE INDEX rowan_accounts_closed ON rowan_accounts (tenant, subject, id) WHERE closed_at IS NOT NULL;
