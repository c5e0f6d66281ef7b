-- The keys that sign bearer tokens where the algorithm has a public key. `turn` counts them for each algorithm: of two nodes that make
-- the next one at once, one wins. `sealed`: the private key, sealed under a master secret. `number` is dead when the key was retired
-- before its time. A key signs from active_from on until the next one does, and is refused from retires_at on.
CREATE TABLE rowan_signing_keys (
  kid         TEXT PRIMARY KEY,
  algorithm   TEXT NOT NULL,
  turn        BIGINT NOT NULL,
  number      BIGINT NOT NULL,
  public_key  TEXT NOT NULL,
  sealed      TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  active_from BIGINT NOT NULL,
  retires_at  BIGINT,
  UNIQUE (algorithm, turn)
);
