-- Details of records that were written together are sealed together: one value of sealed_value for
-- `record_count` records from `first_seq` on. Such a record has 0 as its detail_id; one that has
-- another number is of before, and keeps a sealed value of its own.
CREATE TABLE audit_bundle (
  first_seq    INTEGER PRIMARY KEY,
  record_count INTEGER NOT NULL CHECK (record_count > 0),
  sealed_id    INTEGER NOT NULL
) STRICT;
CREATE TRIGGER audit_bundle_no_update BEFORE UPDATE ON audit_bundle
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_bundle_no_delete BEFORE DELETE ON audit_bundle
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;

-- The search index by subject begins with the run of the record ((its number - 1) / 2048), so that what is
-- written together touches the few pages of the newest run and not one page a subject. It says
-- nothing that the records do not say, and is written anew from them.
DROP TABLE audit_subject;
CREATE TABLE audit_subject (
  run  INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id   TEXT NOT NULL,
  seq  INTEGER NOT NULL,
  PRIMARY KEY (run, kind, id, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO audit_subject (run, kind, id, seq)
  SELECT (r.seq - 1) / 2048, s.value ->> 0, s.value ->> 1, r.seq
  FROM audit_record r, json_each(r.subjects) s WHERE r.subjects <> '' AND json_valid(r.subjects);
CREATE TRIGGER audit_subject_no_update BEFORE UPDATE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;
CREATE TRIGGER audit_subject_no_delete BEFORE DELETE ON audit_subject
BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
