-- 1: the mail must not leave. Its row is written like any other's, so that what was written tells of no address, and the worker ends it.
-- A release that does not know this column finds such a mail too late to be useful: its useful_until is long past.
ALTER TABLE rowan_outbox ADD COLUMN withheld BIGINT NOT NULL DEFAULT 0;
