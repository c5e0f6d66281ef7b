-- Browsers that their owner trusts: not asked for a second factor until then. The trust ends with the row, so with every change of a
-- credential. `browser` is a name from our own list.
ALTER TABLE rowan_devices ADD COLUMN trusted_at BIGINT;
ALTER TABLE rowan_devices ADD COLUMN trusted_until BIGINT;
ALTER TABLE rowan_devices ADD COLUMN browser TEXT NOT NULL DEFAULT '';
