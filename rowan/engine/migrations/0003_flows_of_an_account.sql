-- An account that goes takes its pending flows along (ON DELETE CASCADE): without an index that reads the whole table.
CREATE INDEX rowan_flows_account ON rowan_flows (account_id);
