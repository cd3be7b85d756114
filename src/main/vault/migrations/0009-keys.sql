-- The life cycle of keys. KEKs and DEKs stay where the sealing room keeps them; here stand the key
-- pairs of the vault itself, what happened to every key, and how far rotations are.

-- How many values lie under a DEK now; `seal_count` only grows.
ALTER TABLE sealing_dek ADD COLUMN value_count INTEGER NOT NULL DEFAULT 0;
UPDATE sealing_dek SET value_count = counted.n
  FROM (SELECT dek_id, count(*) AS n FROM sealed_value GROUP BY dek_id) AS counted
  WHERE counted.dek_id = sealing_dek.id;

CREATE INDEX sealing_dek_by_kek ON sealing_dek (kek_id);

-- Key pairs of the vault: one for signing notices, one for transport.
CREATE TABLE key_pair (
  id              INTEGER PRIMARY KEY,
  type            TEXT NOT NULL CHECK (type IN ('signing', 'transport')),
  version         INTEGER NOT NULL CHECK (version > 0),
  algorithm       TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('pre-active', 'active', 'retired', 'compromised', 'destroyed')),
  created_at_ms   INTEGER NOT NULL,
  activated_at_ms INTEGER,
  public_key      BLOB NOT NULL,
  -- Row of sealed_value that holds the private half; NULL once it was destroyed.
  private_id      INTEGER,
  UNIQUE (type, version)
) STRICT;

-- What happened to each key. Keys that are older than this table get their first lines when the
-- room opens.
CREATE TABLE key_event (
  seq        INTEGER PRIMARY KEY,
  type       TEXT NOT NULL CHECK (type IN ('KEK', 'DEK', 'signing', 'transport')),
  number     INTEGER NOT NULL,
  at_ms      INTEGER NOT NULL,
  event      TEXT NOT NULL CHECK (event IN
    ('created', 'activated', 'rotated', 'retired', 'compromised', 'destroyed')),
  from_state TEXT,
  to_state   TEXT NOT NULL,
  actor      TEXT NOT NULL,
  -- The audit record; NULL where a key was made in passing, by the first value it sealed.
  record     INTEGER
) STRICT;
CREATE INDEX key_event_by_key ON key_event (type, number, seq);

-- All keys in one form.
CREATE VIEW key_inventory (rank, type, number, algorithm, purpose, retention_class, quarter, version, state,
  created_at_ms, activated_at_ms, protects) AS
  SELECT 0, 'KEK', id, 'X25519+ML-KEM-1024', NULL, NULL, NULL, id, state, created_at_ms, created_at_ms,
    (SELECT count(*) FROM sealing_dek d WHERE d.kek_id = k.id AND d.wrapped_key IS NOT NULL)
    FROM sealing_kek k
  UNION ALL
  SELECT CASE type WHEN 'signing' THEN 1 ELSE 2 END, type, id, algorithm, NULL, NULL, NULL, version, state,
    created_at_ms, activated_at_ms,
    CASE type WHEN 'signing' THEN (SELECT count(*) FROM key_notice n WHERE n.signing_key = p.id) ELSE 0 END
    FROM key_pair p
  UNION ALL
  SELECT 3, 'DEK', id, 'AES-256-GCM', purpose, retention_class, quarter, version, state, created_at_ms,
    created_at_ms, value_count
    FROM sealing_dek;

CREATE TABLE key_rotation (
  id            INTEGER PRIMARY KEY,
  kind          TEXT NOT NULL CHECK (kind IN ('re-seal', 're-wrap')),
  purpose       TEXT,
  reason        TEXT NOT NULL CHECK (reason IN ('command', 'due', 'compromised')),
  state         TEXT NOT NULL CHECK (state IN ('running', 'paused', 'done', 'incomplete')),
  actor         TEXT NOT NULL,
  trace_id      TEXT NOT NULL,
  total         INTEGER NOT NULL,
  done          INTEGER NOT NULL DEFAULT 0,
  failed        INTEGER NOT NULL DEFAULT 0,
  -- Where the walk stands: the pass, the place within the list of sealed columns, and its key there.
  pass          INTEGER NOT NULL DEFAULT 1,
  place         TEXT,
  place_cursor  TEXT,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms   INTEGER,
  record        INTEGER NOT NULL
) STRICT;
CREATE INDEX key_rotation_open ON key_rotation (id) WHERE ended_at_ms IS NULL;

-- Which keys a rotation leaves, and which took their place. Numbers of DEKs, or of KEKs.
CREATE TABLE key_rotation_key (
  rotation_id INTEGER NOT NULL REFERENCES key_rotation (id),
  from_number INTEGER NOT NULL,
  to_number   INTEGER NOT NULL,
  PRIMARY KEY (rotation_id, from_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX key_rotation_key_by_key ON key_rotation_key (from_number);

-- Notices of what happened to keys. They are written with the change, and signed and sent after it.
CREATE TABLE key_notice (
  id           INTEGER PRIMARY KEY,
  -- Canonical JSON of what is signed.
  body         TEXT NOT NULL,
  signing_key  INTEGER,
  -- Canonical JSON of the signed notice; NULL until there is a key to sign with.
  signed       TEXT,
  filed_at_ms  INTEGER,
  posted_at_ms INTEGER
) STRICT;
CREATE INDEX key_notice_by_signing_key ON key_notice (signing_key) WHERE signing_key IS NOT NULL;
CREATE INDEX key_notice_unfiled ON key_notice (id) WHERE filed_at_ms IS NULL;
CREATE INDEX key_notice_unposted ON key_notice (id) WHERE posted_at_ms IS NULL;

-- What the calendar of the jobs room last did. An entry is due when its time after the anchor has passed.
CREATE TABLE calendar_run (
  name             TEXT PRIMARY KEY,
  anchor_at_ms     INTEGER NOT NULL,
  last_run_at_ms   INTEGER,
  -- NULL while a run is under way, and where a crash ended it.
  last_outcome     TEXT CHECK (last_outcome IN ('done', 'failed')),
  -- When the clock was found set back; NULL once an entry ran again after it.
  set_back_at_ms   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TRIGGER key_event_no_update BEFORE UPDATE ON key_event
  BEGIN SELECT RAISE(ABORT, 'append-only: key_event'); END;
CREATE TRIGGER key_event_no_delete BEFORE DELETE ON key_event
  BEGIN SELECT RAISE(ABORT, 'append-only: key_event'); END;

-- No way leads back from the end of a key's life, whatever the program does.
CREATE TRIGGER sealing_kek_life BEFORE UPDATE OF state ON sealing_kek
  WHEN NEW.state <> OLD.state AND (OLD.state = 'destroyed' OR NEW.state = 'active'
    OR (OLD.state = 'compromised' AND NEW.state <> 'destroyed'))
  BEGIN SELECT RAISE(ABORT, 'no way back in the life of a key'); END;
CREATE TRIGGER sealing_dek_life BEFORE UPDATE OF state ON sealing_dek
  WHEN NEW.state <> OLD.state AND (OLD.state = 'destroyed' OR NEW.state = 'active'
    OR (OLD.state = 'compromised' AND NEW.state <> 'destroyed'))
  BEGIN SELECT RAISE(ABORT, 'no way back in the life of a key'); END;
CREATE TRIGGER key_pair_life BEFORE UPDATE OF state ON key_pair
  WHEN NEW.state <> OLD.state AND (OLD.state = 'destroyed' OR NEW.state = 'pre-active'
    OR (NEW.state = 'active' AND OLD.state <> 'pre-active')
    OR (OLD.state = 'compromised' AND NEW.state <> 'destroyed'))
  BEGIN SELECT RAISE(ABORT, 'no way back in the life of a key'); END;
