-- Key ceremonies: keys that are split among custodians, the steps of each ceremony and who signed them.

CREATE TABLE ceremony_key (
  id          INTEGER PRIMARY KEY,
  label       TEXT NOT NULL,
  rehearsal   INTEGER NOT NULL CHECK (rehearsal IN (0, 1)),
  state       TEXT NOT NULL CHECK (state IN ('making', 'active', 'retired', 'destroyed', 'abandoned')),
  fingerprint TEXT,
  threshold   INTEGER NOT NULL,
  -- The set of shares that counts; a replaced custodian's stays in the table under an older number.
  share_set   INTEGER NOT NULL DEFAULT 1,
  -- The key that this one takes the place of.
  replaces    INTEGER REFERENCES ceremony_key (id)
) STRICT;

-- What was rehearsed can never become real, nor the other way round.
CREATE TRIGGER ceremony_key_rehearsal BEFORE UPDATE OF rehearsal, label ON ceremony_key
BEGIN SELECT RAISE(ABORT, 'a ceremony key keeps its label, and stays rehearsed or real'); END;

CREATE TABLE ceremony (
  id               INTEGER PRIMARY KEY,
  kind             TEXT NOT NULL,
  key_id           INTEGER NOT NULL REFERENCES ceremony_key (id),
  rehearsal        INTEGER NOT NULL CHECK (rehearsal IN (0, 1)),
  state            TEXT NOT NULL CHECK (state IN ('running', 'done', 'abandoned')),
  started_at_ms    INTEGER NOT NULL,
  ended_at_ms      INTEGER,
  -- Header of the transcript, which holds names.
  header_sealed_id INTEGER NOT NULL,
  -- The key itself while a step still needs it; erased with the ceremony's end.
  secret_sealed_id INTEGER,
  -- The run of the program that went on with it last: another one enters that it was interrupted.
  run_id           TEXT NOT NULL
) STRICT;

-- A key has one ceremony at a time.
CREATE UNIQUE INDEX ceremony_running ON ceremony (key_id) WHERE state = 'running';

CREATE TABLE ceremony_step (
  ceremony_id INTEGER NOT NULL REFERENCES ceremony (id),
  position    INTEGER NOT NULL,
  -- Canonical text of the step without signatures, and its hash over the one before.
  body        TEXT NOT NULL,
  hash        BLOB NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (ceremony_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE ceremony_signature (
  ceremony_id INTEGER NOT NULL,
  position    INTEGER NOT NULL,
  operator_id TEXT NOT NULL,
  signature   BLOB NOT NULL,
  PRIMARY KEY (ceremony_id, position, operator_id),
  FOREIGN KEY (ceremony_id, position) REFERENCES ceremony_step (ceremony_id, position)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ceremony_signature_stays BEFORE UPDATE ON ceremony_signature
BEGIN SELECT RAISE(ABORT, 'signatures are not edited'); END;
CREATE TRIGGER ceremony_signature_kept BEFORE DELETE ON ceremony_signature
BEGIN SELECT RAISE(ABORT, 'signatures are not removed'); END;
-- What somebody has signed is not done again.
CREATE TRIGGER ceremony_step_signed BEFORE UPDATE ON ceremony_step
WHEN EXISTS (SELECT 1 FROM ceremony_signature s
             WHERE s.ceremony_id = OLD.ceremony_id AND s.position = OLD.position)
BEGIN SELECT RAISE(ABORT, 'a signed step is not edited'); END;
CREATE TRIGGER ceremony_step_kept BEFORE DELETE ON ceremony_step
BEGIN SELECT RAISE(ABORT, 'steps are not removed'); END;

-- Exceptions that were entered and stand in no step yet.
CREATE TABLE ceremony_exception (
  id          INTEGER PRIMARY KEY,
  ceremony_id INTEGER NOT NULL REFERENCES ceremony (id),
  class       TEXT NOT NULL,
  reason      TEXT NOT NULL,
  position    INTEGER
) STRICT;

CREATE TABLE ceremony_share (
  id          INTEGER PRIMARY KEY,
  key_id      INTEGER NOT NULL REFERENCES ceremony_key (id),
  share_set   INTEGER NOT NULL,
  x           INTEGER NOT NULL,
  operator_id TEXT NOT NULL,
  -- Tells a share of this set from any other.
  mark        BLOB NOT NULL CHECK (length(mark) = 4),
  -- Hash of the share, which has 256 bits that nobody guesses.
  commitment  BLOB NOT NULL CHECK (length(commitment) = 32),
  -- The share itself until it was read back, or while it was brought and not joined yet.
  sealed_id   INTEGER,
  state       TEXT NOT NULL CHECK (state IN ('made', 'held', 'void')),
  UNIQUE (key_id, share_set, x)
) STRICT;
