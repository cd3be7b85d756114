-- The compliance vault: what must be kept for years, its holds, and what is left of it afterwards.

CREATE TABLE evidence (
  id                  INTEGER PRIMARY KEY,
  kind                TEXT NOT NULL
                        CHECK (kind IN ('bank-message', 'document', 'case-note', 'screening-result')),
  retention_class     TEXT NOT NULL CHECK (retention_class IN ('7y', '10y')),
  -- The last day it must be kept, YYYY-MM-DD, UTC.
  retain_until        TEXT NOT NULL,
  added_at_ms         INTEGER NOT NULL,
  added_by            TEXT NOT NULL,
  size_bytes          INTEGER NOT NULL CHECK (size_bytes >= 0),
  -- SHA-256 of the content: what it was can be proved as long as somebody holds a copy.
  content_hash        BLOB NOT NULL CHECK (length(content_hash) = 32),
  title_sealed_id     INTEGER NOT NULL,
  note_sealed_id      INTEGER,
  reference_sealed_id INTEGER,
  -- The key of the sealed copy outside the vault, where one was made: erased with the rest, so that
  -- no copy opens any more.
  file_key_sealed_id  INTEGER,
  record              INTEGER NOT NULL,
  removed_at_ms       INTEGER,
  removed_by          TEXT,
  removed_record      INTEGER,
  CHECK ((removed_at_ms IS NULL) = (removed_record IS NULL) AND (removed_at_ms IS NULL) = (removed_by IS NULL))
) STRICT;

CREATE INDEX evidence_by_hash ON evidence (content_hash);

-- The content, in stretches of at most 256 KiB. Rows whose evidence does not exist belong to a
-- transfer under way, or to one that a crash cut off.
CREATE TABLE evidence_chunk (
  evidence_id INTEGER NOT NULL,
  byte_start  INTEGER NOT NULL,
  byte_end    INTEGER NOT NULL CHECK (byte_end > byte_start),
  sealed_id   INTEGER NOT NULL,
  PRIMARY KEY (evidence_id, byte_start)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence_hold (
  id                    INTEGER PRIMARY KEY,
  evidence_id           INTEGER NOT NULL REFERENCES evidence (id),
  reason_sealed_id      INTEGER NOT NULL,
  placed_at_ms          INTEGER NOT NULL,
  placed_by             TEXT NOT NULL,
  placed_record         INTEGER NOT NULL,
  lifted_at_ms          INTEGER,
  lifted_by             TEXT,
  lift_reason_sealed_id INTEGER,
  lifted_record         INTEGER,
  CHECK ((lifted_at_ms IS NULL) = (lifted_record IS NULL))
) STRICT;

CREATE INDEX evidence_hold_by_evidence ON evidence_hold (evidence_id);

CREATE TRIGGER evidence_stays BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'evidence is removed by erasing its content, never its row'); END;

CREATE TRIGGER evidence_is_removed_once BEFORE UPDATE ON evidence
WHEN OLD.removed_at_ms IS NOT NULL OR NEW.removed_at_ms IS NULL
  OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.retention_class <> OLD.retention_class
  OR NEW.retain_until <> OLD.retain_until OR NEW.added_at_ms <> OLD.added_at_ms
  OR NEW.added_by <> OLD.added_by OR NEW.size_bytes <> OLD.size_bytes
  OR NEW.content_hash <> OLD.content_hash OR NEW.record <> OLD.record
BEGIN SELECT RAISE(ABORT, 'evidence is not changed, only removed, once'); END;

CREATE TRIGGER evidence_not_removed_under_hold BEFORE UPDATE ON evidence
WHEN EXISTS (SELECT 1 FROM evidence_hold WHERE evidence_id = OLD.id AND lifted_at_ms IS NULL)
BEGIN SELECT RAISE(ABORT, 'evidence under hold is not removed'); END;

CREATE TRIGGER evidence_hold_stays BEFORE DELETE ON evidence_hold
BEGIN SELECT RAISE(ABORT, 'a hold is lifted, never deleted'); END;

CREATE TRIGGER evidence_hold_is_lifted_once BEFORE UPDATE ON evidence_hold
WHEN OLD.lifted_at_ms IS NOT NULL OR NEW.lifted_at_ms IS NULL OR NEW.evidence_id <> OLD.evidence_id
  OR NEW.reason_sealed_id <> OLD.reason_sealed_id OR NEW.placed_record <> OLD.placed_record
BEGIN SELECT RAISE(ABORT, 'a hold is lifted once and not changed'); END;

-- DEKs that sealed cells of files outside the vault. Rotation cannot seal those again, so such a key
-- stays open-only until its quarter is destroyed.
CREATE TABLE sealing_file_use (
  dek_id INTEGER PRIMARY KEY,
  cells  INTEGER NOT NULL CHECK (cells > 0)
) STRICT;
