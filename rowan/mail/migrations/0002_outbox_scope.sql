-- Whose a mail is (tenant and subject), so that those to the address of an account that is closed are found, and no others.
-- Empty: the application's own, or written by a release that does not say it.
ALTER TABLE rowan_outbox ADD COLUMN scope TEXT NOT NULL DEFAULT '';
CREATE INDEX rowan_outbox_recipient ON rowan_outbox (recipient);
