-- The audit log. Its rows are never changed or removed; see src/main/audit/record-form.ts for the
-- bytes that `leaf` is the hash of.

CREATE TABLE audit_record (
  seq            INTEGER PRIMARY KEY,
  form           INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL,
  kind           TEXT NOT NULL,
  actor          TEXT NOT NULL,
  trace_id       TEXT NOT NULL,
  -- Canonical JSON: [kind, id] pairs in order; empty text where there are none.
  subjects       TEXT NOT NULL,
  -- Row of sealed_value that holds salt and detail.
  detail_id      INTEGER NOT NULL,
  -- SHA-256 (salt, canonical detail)
  commitment     BLOB NOT NULL,
  -- Leaf of the Merkle tree and link of the chain at once.
  leaf           BLOB NOT NULL
) STRICT;

CREATE INDEX audit_record_by_kind ON audit_record (kind);

-- The subjects of the records again, for search. Verification compares both.
CREATE TABLE audit_subject (
  kind TEXT NOT NULL,
  id   TEXT NOT NULL,
  seq  INTEGER NOT NULL,
  PRIMARY KEY (kind, id, seq)
) STRICT, WITHOUT ROWID;

-- Inner nodes of the Merkle tree at heights 8, 16 and 24, so that opening the log and proving a
-- record read a few hundred hashes and not all of them.
CREATE TABLE audit_node (
  height   INTEGER NOT NULL,
  position INTEGER NOT NULL,
  hash     BLOB NOT NULL,
  PRIMARY KEY (height, position)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_record_no_update BEFORE UPDATE ON audit_record
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_record_no_delete BEFORE DELETE ON audit_record
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
CREATE TRIGGER audit_subject_no_update BEFORE UPDATE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_subject_no_delete BEFORE DELETE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
CREATE TRIGGER audit_node_no_update BEFORE UPDATE ON audit_node
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_node_no_delete BEFORE DELETE ON audit_node
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
