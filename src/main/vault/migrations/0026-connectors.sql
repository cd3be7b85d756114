-- Where single messages come from, what was delivered, and what could not be taken.

CREATE TABLE connector (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('folder', 'http', 'nats')),
  label TEXT NOT NULL,
  -- Canonical JSON of its settings.
  settings_sealed_id INTEGER NOT NULL,
  -- A password or token; NULL where it needs none.
  secret_sealed_id INTEGER,
  -- Whether it starts with the vault.
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  created_at_ms INTEGER NOT NULL,
  removed_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX connector_by_label ON connector (label) WHERE removed_at_ms IS NULL;

-- Keys with which callers of a local endpoint sign.
CREATE TABLE connector_key (
  id INTEGER PRIMARY KEY,
  connector_id INTEGER NOT NULL REFERENCES connector (id),
  -- What a request names the key by.
  key_id TEXT NOT NULL UNIQUE,
  caller TEXT NOT NULL,
  secret_sealed_id INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER
) STRICT;
CREATE INDEX connector_key_by_connector ON connector_key (connector_id);

-- Deliveries that carry an id of their own: once means once. Written in the message's transaction.
CREATE TABLE connector_delivery (
  source TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  -- SHA-256 of the message.
  content_hash BLOB NOT NULL,
  -- Canonical JSON of the first answer: ids and counts alone.
  answer TEXT NOT NULL,
  PRIMARY KEY (source, delivery_id)
) STRICT, WITHOUT ROWID;

-- Messages that could not be taken, with the bytes as they came.
CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  -- SHA-256 of the message: what is delivered again is no second dead letter.
  content_hash BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  raw_sealed_id INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'dismissed')),
  -- Of the last try.
  code TEXT NOT NULL,
  path TEXT,
  line INTEGER,
  attempts INTEGER NOT NULL CHECK (attempts > 0),
  first_at_ms INTEGER NOT NULL,
  last_at_ms INTEGER NOT NULL,
  settled_at_ms INTEGER,
  settled_by TEXT,
  -- The stored message that it became.
  message_number INTEGER,
  note_sealed_id INTEGER,
  CHECK ((state = 'open') = (settled_at_ms IS NULL))
) STRICT;
CREATE UNIQUE INDEX dead_letter_open_by_hash ON dead_letter (content_hash) WHERE state = 'open';
CREATE INDEX dead_letter_by_state ON dead_letter (state, code, id);

-- Each try that failed.
CREATE TABLE dead_letter_attempt (
  id INTEGER PRIMARY KEY,
  dead_letter_id INTEGER NOT NULL REFERENCES dead_letter (id),
  at_ms INTEGER NOT NULL,
  how TEXT NOT NULL CHECK (how IN ('arrived', 'delivered-again', 'retried')),
  actor TEXT NOT NULL,
  code TEXT NOT NULL,
  path TEXT,
  line INTEGER,
  -- The audit record of the try.
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letter_attempt_by_letter ON dead_letter_attempt (dead_letter_id, id);

-- What came in and was matched at once, by day (UTC), rail and currency: written with each group of messages.
CREATE TABLE connector_day (
  day TEXT NOT NULL,
  rail TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  matched_minor INTEGER NOT NULL,
  PRIMARY KEY (day, rail, currency)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER connector_delete BEFORE DELETE ON connector
  BEGIN SELECT RAISE(ABORT, 'connector rows are not deleted'); END;
CREATE TRIGGER connector_key_update BEFORE UPDATE OF id, connector_id, key_id, caller, created_at_ms ON connector_key
  BEGIN SELECT RAISE(ABORT, 'connector_key rows are not edited'); END;
CREATE TRIGGER connector_key_delete BEFORE DELETE ON connector_key
  BEGIN SELECT RAISE(ABORT, 'connector_key rows are not deleted'); END;
CREATE TRIGGER connector_delivery_update BEFORE UPDATE ON connector_delivery
  BEGIN SELECT RAISE(ABORT, 'connector_delivery rows are not edited'); END;
CREATE TRIGGER connector_delivery_delete BEFORE DELETE ON connector_delivery
  BEGIN SELECT RAISE(ABORT, 'connector_delivery rows are not deleted'); END;
CREATE TRIGGER dead_letter_settled BEFORE UPDATE OF
  state, code, path, line, attempts, first_at_ms, last_at_ms, settled_at_ms, settled_by, message_number
  ON dead_letter WHEN OLD.state <> 'open'
  BEGIN SELECT RAISE(ABORT, 'settled dead letters are not edited'); END;
CREATE TRIGGER dead_letter_update BEFORE UPDATE OF id, source, content_hash, size_bytes, first_at_ms ON dead_letter
  BEGIN SELECT RAISE(ABORT, 'dead_letter rows are not edited'); END;
CREATE TRIGGER dead_letter_delete BEFORE DELETE ON dead_letter
  BEGIN SELECT RAISE(ABORT, 'dead_letter rows are not deleted'); END;
CREATE TRIGGER dead_letter_attempt_update BEFORE UPDATE ON dead_letter_attempt
  BEGIN SELECT RAISE(ABORT, 'dead_letter_attempt rows are not edited'); END;
CREATE TRIGGER dead_letter_attempt_delete BEFORE DELETE ON dead_letter_attempt
  BEGIN SELECT RAISE(ABORT, 'dead_letter_attempt rows are not deleted'); END;
