-- Files as they came in. The bytes are sealed in chunks as they arrive; nothing stands in the clear.

CREATE TABLE import (
  id INTEGER PRIMARY KEY,
  received_at_ms INTEGER NOT NULL,
  -- NULL while the import is under way; a vault that was killed then discards it when it opens.
  outcome TEXT CHECK (outcome IN ('imported', 'duplicate', 'refused')),
  type TEXT NOT NULL DEFAULT 'unknown',
  encoding TEXT,
  size_bytes INTEGER NOT NULL DEFAULT 0,
  duration_ms INTEGER,
  -- SHA-256 of the whole file, so that the same file is known again.
  content_hash BLOB,
  -- The file's name as the person gave it.
  name_sealed_id INTEGER NOT NULL,
  code TEXT,
  statements INTEGER NOT NULL DEFAULT 0,
  transactions INTEGER NOT NULL DEFAULT 0,
  -- Canonical JSON {message, details, warnings}; NULL while under way.
  result_sealed_id INTEGER,
  -- The audit record of the outcome.
  record INTEGER
) STRICT;
CREATE INDEX import_by_hash ON import (content_hash) WHERE content_hash IS NOT NULL;

CREATE TABLE import_chunk (
  import_id INTEGER NOT NULL REFERENCES import (id),
  byte_start INTEGER NOT NULL,
  byte_end INTEGER NOT NULL,
  sealed_id INTEGER NOT NULL,
  PRIMARY KEY (import_id, byte_start)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER import_update BEFORE UPDATE ON import WHEN OLD.outcome IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'import rows are not edited'); END;
CREATE TRIGGER import_delete BEFORE DELETE ON import
  BEGIN SELECT RAISE(ABORT, 'import rows are not deleted'); END;
CREATE TRIGGER import_chunk_update BEFORE UPDATE ON import_chunk
  BEGIN SELECT RAISE(ABORT, 'import_chunk rows are not edited'); END;
CREATE TRIGGER import_chunk_delete BEFORE DELETE ON import_chunk
  WHEN (SELECT outcome FROM import WHERE id = OLD.import_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'import_chunk rows are not deleted'); END;
