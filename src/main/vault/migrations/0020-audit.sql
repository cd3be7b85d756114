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

-- Consoles whose countersignatures below heads of this log are taken in, and what they signed. The
-- audit record `seq` names the hash of the row as its subject.
CREATE TABLE audit_witness_key (
  seq        INTEGER PRIMARY KEY,
  vault_id   TEXT NOT NULL,
  -- Ed25519 and ML-DSA-44, one after the other.
  public_key BLOB NOT NULL
) STRICT;
CREATE TABLE audit_cosignature (
  seq        INTEGER PRIMARY KEY,
  size       INTEGER NOT NULL,
  vault_id   TEXT NOT NULL,
  public_key BLOB NOT NULL,
  at_ms      INTEGER NOT NULL,
  -- The two lines, as they stand below the checkpoint of that size.
  lines      TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX audit_cosignature_by_size ON audit_cosignature (size, vault_id);

-- What people signed of the epoch that a restore began. The record `seq` names the row's hash.
CREATE TABLE audit_epoch_signature (
  seq         INTEGER PRIMARY KEY,
  epoch       INTEGER NOT NULL,
  operator_id INTEGER NOT NULL,
  -- Canonical JSON {vault, epoch, from, restoredFrom, record}.
  statement   TEXT NOT NULL,
  public_key  BLOB NOT NULL,
  signature   BLOB NOT NULL,
  UNIQUE (epoch, operator_id)
) STRICT;

CREATE TRIGGER audit_witness_key_no_update BEFORE UPDATE ON audit_witness_key
BEGIN SELECT RAISE(ABORT, 'witnesses are never changed'); END;
CREATE TRIGGER audit_witness_key_no_delete BEFORE DELETE ON audit_witness_key
BEGIN SELECT RAISE(ABORT, 'witnesses are never removed'); END;
CREATE TRIGGER audit_cosignature_no_update BEFORE UPDATE ON audit_cosignature
BEGIN SELECT RAISE(ABORT, 'countersignatures are never changed'); END;
CREATE TRIGGER audit_cosignature_no_delete BEFORE DELETE ON audit_cosignature
BEGIN SELECT RAISE(ABORT, 'countersignatures are never removed'); END;
CREATE TRIGGER audit_epoch_signature_no_update BEFORE UPDATE ON audit_epoch_signature
BEGIN SELECT RAISE(ABORT, 'signatures are never changed'); END;
CREATE TRIGGER audit_epoch_signature_no_delete BEFORE DELETE ON audit_epoch_signature
BEGIN SELECT RAISE(ABORT, 'signatures are never removed'); END;

-- Incidents that no one person can end: who was the first to say that it is over, and why.
CREATE TABLE incident_agreement (
  id          INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL REFERENCES incident (id),
  at_ms       INTEGER NOT NULL,
  actor       TEXT NOT NULL,
  -- How often the incident had been reported by then: one that recurs must be looked at anew.
  count       INTEGER NOT NULL,
  cause_sealed_id INTEGER NOT NULL,
  record      INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_agreement_by_incident ON incident_agreement (incident_id, id);
CREATE TRIGGER incident_agreement_update BEFORE UPDATE ON incident_agreement
  BEGIN SELECT RAISE(ABORT, 'incident_agreement rows are not edited'); END;
CREATE TRIGGER incident_agreement_delete BEFORE DELETE ON incident_agreement
  BEGIN SELECT RAISE(ABORT, 'incident_agreement rows are not deleted'); END;
