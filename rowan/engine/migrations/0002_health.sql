-- Written to by the check of health, which keeps about one row. Without a key, so that nodes never wait for each other.
CREATE TABLE rowan_health (asked_at BIGINT NOT NULL);
