-- What the records of a run ((number - 1) / 256) hold: their kinds, whose acts they are, their minutes. A search
-- passes over the runs that hold nothing of what it looks for and reads the records of the others, so that no
-- record needs an entry in an index of its own. It says nothing that the records do not say.
CREATE TABLE audit_mark (
  run   INTEGER NOT NULL,
  what  TEXT NOT NULL CHECK (what IN ('kind', 'actor', 'minute')),
  -- A minute is counted from 1970, in twelve digits, so that minutes sort as text.
  value TEXT NOT NULL,
  PRIMARY KEY (run, what, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_mark_by_value ON audit_mark (what, value);

INSERT INTO audit_mark SELECT DISTINCT (seq - 1) / 256, 'kind', kind FROM audit_record;
INSERT INTO audit_mark SELECT DISTINCT (seq - 1) / 256, 'actor', actor FROM audit_record;
INSERT INTO audit_mark SELECT DISTINCT (seq - 1) / 256, 'minute', printf('%012d', recorded_at_ms / 60000)
  FROM audit_record;

DROP INDEX audit_record_by_kind;
DROP INDEX audit_record_by_actor;
DROP INDEX audit_record_by_time;

CREATE TRIGGER audit_mark_no_update BEFORE UPDATE ON audit_mark
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_mark_no_delete BEFORE DELETE ON audit_mark
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
