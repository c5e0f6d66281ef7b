-- Nothing but lists read these, and rowan_accounts_by_state serves them. The release before reads its lists by rowan_accounts_listed.
-- A file of its own: readers went on while the other was built.
DROP INDEX rowan_accounts_disabled;
DROP INDEX rowan_accounts_closed;
