-- A file of its own: readers went on while the other was built.
DROP INDEX rowan_tokens_account;
