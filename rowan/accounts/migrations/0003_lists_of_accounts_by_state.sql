-- Lists of the accounts of one state, a page at a time, however many of the others there are. The expression is that of accounts/queries.hpp.
CREATE INDEX rowan_accounts_by_state ON rowan_accounts (tenant, subject,
  (CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN disabled_at IS NOT NULL THEN 'disabled' ELSE 'usable' END), id);
