-- How long data is kept, what is held, what went, and who looked at what. Parties and reasons stand in
-- sealed_value.

-- Years that people set; a class without a row has its default.
CREATE TABLE privacy_retention (
  data_class TEXT PRIMARY KEY,
  years INTEGER NOT NULL CHECK (years BETWEEN 0 AND 100),
  set_by TEXT NOT NULL,
  set_at_ms INTEGER NOT NULL,
  record INTEGER NOT NULL
) STRICT;

CREATE TABLE privacy_hold (
  id INTEGER PRIMARY KEY,
  target TEXT NOT NULL CHECK (target IN ('quarter', 'party', 'thing')),
  data_class TEXT,
  quarter TEXT,
  thing_kind TEXT,
  thing_id TEXT,
  -- JSON {customerId, name, account}; NULL unless the hold is on a party.
  party_sealed_id INTEGER,
  reason_sealed_id INTEGER NOT NULL,
  set_by TEXT NOT NULL,
  set_at_ms INTEGER NOT NULL,
  record INTEGER NOT NULL,
  released_by TEXT,
  released_at_ms INTEGER,
  release_sealed_id INTEGER,
  released_record INTEGER,
  CHECK ((target = 'quarter') = (data_class IS NOT NULL) AND (target = 'quarter') = (quarter IS NOT NULL)),
  CHECK ((target = 'thing') = (thing_kind IS NOT NULL) AND (target = 'thing') = (thing_id IS NOT NULL)),
  CHECK ((target = 'party') = (party_sealed_id IS NOT NULL)),
  CHECK ((released_by IS NULL) = (released_record IS NULL) AND (released_by IS NULL) = (released_at_ms IS NULL)),
  CHECK (released_by IS NULL OR released_by <> set_by)
) STRICT;

CREATE TRIGGER privacy_hold_stays BEFORE DELETE ON privacy_hold
BEGIN SELECT RAISE(ABORT, 'a hold is released, never deleted'); END;
CREATE TRIGGER privacy_hold_is_released_once BEFORE UPDATE ON privacy_hold
WHEN OLD.released_by IS NOT NULL OR NEW.released_by IS NULL OR NEW.target <> OLD.target
  OR NEW.data_class IS NOT OLD.data_class OR NEW.quarter IS NOT OLD.quarter
  OR NEW.thing_kind IS NOT OLD.thing_kind OR NEW.thing_id IS NOT OLD.thing_id
  OR NEW.party_sealed_id IS NOT OLD.party_sealed_id OR NEW.reason_sealed_id <> OLD.reason_sealed_id
  OR NEW.set_by <> OLD.set_by OR NEW.set_at_ms <> OLD.set_at_ms OR NEW.record <> OLD.record
BEGIN SELECT RAISE(ABORT, 'a hold is released once and not changed'); END;

-- Which lines of keys a standing hold keeps: a cache, made anew before each purge.
CREATE TABLE privacy_hold_line (
  hold_id INTEGER NOT NULL REFERENCES privacy_hold (id),
  data_class TEXT NOT NULL,
  quarter TEXT NOT NULL,
  PRIMARY KEY (hold_id, data_class, quarter)
) STRICT, WITHOUT ROWID;

CREATE TABLE privacy_purge (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  data_class TEXT NOT NULL,
  quarter TEXT NOT NULL,
  value_count INTEGER NOT NULL,
  carried INTEGER NOT NULL,
  key_count INTEGER NOT NULL,
  actor TEXT NOT NULL,
  record INTEGER NOT NULL
) STRICT;

-- For whom was looked before an erasure. The party is erased with everything else of it.
CREATE TABLE privacy_search (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  party_sealed_id INTEGER NOT NULL,
  record INTEGER NOT NULL
) STRICT;

CREATE TABLE privacy_erasure (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  erased INTEGER NOT NULL,
  actor TEXT NOT NULL,
  record INTEGER NOT NULL
) STRICT;

CREATE TABLE privacy_look (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  thing_kind TEXT NOT NULL,
  thing_id TEXT NOT NULL,
  reason_sealed_id INTEGER NOT NULL,
  value_count INTEGER NOT NULL,
  record INTEGER NOT NULL
) STRICT;

CREATE TRIGGER privacy_purge_update BEFORE UPDATE ON privacy_purge
  BEGIN SELECT RAISE(ABORT, 'privacy_purge rows are not edited'); END;
CREATE TRIGGER privacy_purge_delete BEFORE DELETE ON privacy_purge
  BEGIN SELECT RAISE(ABORT, 'privacy_purge rows are not deleted'); END;
CREATE TRIGGER privacy_search_update BEFORE UPDATE ON privacy_search
  BEGIN SELECT RAISE(ABORT, 'privacy_search rows are not edited'); END;
CREATE TRIGGER privacy_search_delete BEFORE DELETE ON privacy_search
  BEGIN SELECT RAISE(ABORT, 'privacy_search rows are not deleted'); END;
CREATE TRIGGER privacy_erasure_update BEFORE UPDATE ON privacy_erasure
  BEGIN SELECT RAISE(ABORT, 'privacy_erasure rows are not edited'); END;
CREATE TRIGGER privacy_erasure_delete BEFORE DELETE ON privacy_erasure
  BEGIN SELECT RAISE(ABORT, 'privacy_erasure rows are not deleted'); END;
CREATE TRIGGER privacy_look_update BEFORE UPDATE ON privacy_look
  BEGIN SELECT RAISE(ABORT, 'privacy_look rows are not edited'); END;
CREATE TRIGGER privacy_look_delete BEFORE DELETE ON privacy_look
  BEGIN SELECT RAISE(ABORT, 'privacy_look rows are not deleted'); END;
