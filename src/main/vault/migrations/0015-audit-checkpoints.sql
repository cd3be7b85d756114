-- Signed heads of the log, as C2SP checkpoints. Everything they say stands in the note, which is
-- signed; the size is here again to find them by, and verification compares both.
CREATE TABLE audit_checkpoint (
  size       INTEGER PRIMARY KEY CHECK (size > 0),
  note       TEXT NOT NULL,
  -- Ed25519 and ML-DSA-44, one after the other.
  public_key BLOB NOT NULL
) STRICT;

-- Checkpoints of logs that this console was shown, this vault's own and others'. The audit record
-- `seq` names the hash of the row as its subject.
CREATE TABLE audit_witness (
  id         INTEGER PRIMARY KEY,
  seq        INTEGER NOT NULL,
  origin     TEXT NOT NULL,
  size       INTEGER NOT NULL,
  outcome    TEXT NOT NULL CHECK (outcome IN ('consistent', 'inconsistent')),
  note       TEXT NOT NULL,
  public_key BLOB NOT NULL
) STRICT;
CREATE INDEX audit_witness_by_origin ON audit_witness (origin, size);

CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are never removed'); END;
CREATE TRIGGER audit_witness_no_update BEFORE UPDATE ON audit_witness
BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
CREATE TRIGGER audit_witness_no_delete BEFORE DELETE ON audit_witness
BEGIN SELECT RAISE(ABORT, 'checkpoints are never removed'); END;

-- The log has a key pair of its own among the vault's: the lists of types in 0009 are widened, which
-- takes new tables. Nothing of what stands in them changes.
DROP VIEW key_inventory;

CREATE TABLE key_pair_wide (
  id              INTEGER PRIMARY KEY,
  type            TEXT NOT NULL CHECK (type IN ('signing', 'transport', 'log')),
  version         INTEGER NOT NULL CHECK (version > 0),
  algorithm       TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('pre-active', 'active', 'retired', 'compromised', 'destroyed')),
  created_at_ms   INTEGER NOT NULL,
  activated_at_ms INTEGER,
  public_key      BLOB NOT NULL,
  private_id      INTEGER,
  UNIQUE (type, version)
) STRICT;
INSERT INTO key_pair_wide SELECT * FROM key_pair;
DROP TABLE key_pair;
ALTER TABLE key_pair_wide RENAME TO key_pair;

CREATE TABLE key_event_wide (
  seq        INTEGER PRIMARY KEY,
  type       TEXT NOT NULL CHECK (type IN ('KEK', 'DEK', 'signing', 'transport', 'log')),
  number     INTEGER NOT NULL,
  at_ms      INTEGER NOT NULL,
  event      TEXT NOT NULL CHECK (event IN
    ('created', 'activated', 'rotated', 'retired', 'compromised', 'destroyed')),
  from_state TEXT,
  to_state   TEXT NOT NULL,
  actor      TEXT NOT NULL,
  record     INTEGER
) STRICT;
INSERT INTO key_event_wide SELECT * FROM key_event;
DROP TABLE key_event;
ALTER TABLE key_event_wide RENAME TO key_event;
CREATE INDEX key_event_by_key ON key_event (type, number, seq);

CREATE VIEW key_inventory (rank, type, number, algorithm, purpose, retention_class, quarter, version, state,
  created_at_ms, activated_at_ms, protects) AS
  SELECT 0, 'KEK', id, 'X25519+ML-KEM-1024', NULL, NULL, NULL, id, state, created_at_ms, created_at_ms,
    (SELECT count(*) FROM sealing_dek d WHERE d.kek_id = k.id AND d.wrapped_key IS NOT NULL)
    FROM sealing_kek k
  UNION ALL
  SELECT CASE type WHEN 'signing' THEN 1 WHEN 'log' THEN 2 ELSE 3 END, type, id, algorithm, NULL, NULL, NULL,
    version, state, created_at_ms, activated_at_ms,
    CASE type WHEN 'signing' THEN (SELECT count(*) FROM key_notice n WHERE n.signing_key = p.id)
      WHEN 'log' THEN (SELECT count(*) FROM audit_checkpoint c WHERE c.public_key = p.public_key) ELSE 0 END
    FROM key_pair p
  UNION ALL
  SELECT 4, 'DEK', id, 'AES-256-GCM', purpose, retention_class, quarter, version, state, created_at_ms,
    created_at_ms, value_count
    FROM sealing_dek;

CREATE TRIGGER key_event_no_update BEFORE UPDATE ON key_event
  BEGIN SELECT RAISE(ABORT, 'append-only: key_event'); END;
CREATE TRIGGER key_event_no_delete BEFORE DELETE ON key_event
  BEGIN SELECT RAISE(ABORT, 'append-only: key_event'); END;
CREATE TRIGGER key_pair_life BEFORE UPDATE OF state ON key_pair
  WHEN NEW.state <> OLD.state AND (OLD.state = 'destroyed' OR NEW.state = 'pre-active'
    OR (NEW.state = 'active' AND OLD.state <> 'pre-active')
    OR (OLD.state = 'compromised' AND NEW.state <> 'destroyed'))
  BEGIN SELECT RAISE(ABORT, 'no way back in the life of a key'); END;
