-- Written to and rolled back by the check of health: always empty. Without a key, so that nodes never wait for each other.
CREATE TABLE rowan_health (asked_at BIGINT NOT NULL);
