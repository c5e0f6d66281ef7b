-- Closed accounts of which something is still to be forgotten: tokens from this number on, links, codes. Upkeep does it bit by bit.
CREATE TABLE rowan_closed_accounts (
  account_id  {{uuid}} PRIMARY KEY REFERENCES rowan_accounts (id) ON DELETE CASCADE,
  next_number BIGINT NOT NULL
);
