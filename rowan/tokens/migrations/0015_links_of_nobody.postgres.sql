-- The check of a reference is one more query, for an account's links and codes only. Its time told an address that has an account from one that
-- has none. The row of an account that is erased meanwhile opens nothing, and is swept when it has expired.
ALTER TABLE rowan_links DROP CONSTRAINT rowan_links_account_id_fkey;
ALTER TABLE rowan_codes DROP CONSTRAINT rowan_codes_account_id_fkey;
