-- Lists of the mails of one state, a page at a time, and the count of those that wait. Each row is in it once, withheld or not, so what a
-- request writes costs the same (THR-06). The expression is that of mail/queries.hpp.
CREATE INDEX rowan_outbox_by_state ON rowan_outbox ((CASE WHEN withheld = 1 THEN 'withheld' ELSE state END), id);
