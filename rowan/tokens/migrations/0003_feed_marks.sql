-- Tokens with a number below this are dead: `after-restore` raises it.
ALTER TABLE rowan_numbers ADD COLUMN floor BIGINT NOT NULL DEFAULT 0;
-- Each row of the feed has a random mark: a reader that finds another one where it stands reads another history, after a promotion
-- or a restored backup. 0: written by a release that knew no marks. Last: from here to COMMIT nobody reads the table.
ALTER TABLE rowan_revocations ADD COLUMN mark BIGINT NOT NULL DEFAULT 0;
