-- Until a new node has read the feed, it asks for the numbers it is shown. A file of its own: readers go on while it is built.
CREATE INDEX rowan_revocations_number ON rowan_revocations (number);
