-- HSM: tokens, the keys on them, signing requests that wait for a token, and keys on their way.

CREATE TABLE hsm_token (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  profile TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('software', 'hardware')),
  -- Path of the PKCS#11 library; NULL for the embedded one, which is found anew on each machine.
  library TEXT,
  -- JSON object of the library's variables.
  environment TEXT NOT NULL,
  serial TEXT NOT NULL,
  label TEXT NOT NULL,
  -- {pin, soPin} of a software token; a hardware token's PIN is typed and never kept.
  pins_sealed_id INTEGER,
  state TEXT NOT NULL CHECK (state IN ('active', 'removed')),
  created_at_ms INTEGER NOT NULL,
  CHECK ((kind = 'software') = (pins_sealed_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX hsm_token_by_serial ON hsm_token (serial) WHERE state = 'active';
CREATE UNIQUE INDEX hsm_token_by_name ON hsm_token (name) WHERE state = 'active';

CREATE TABLE hsm_key (
  -- Hex of CKA_ID, the same on every token that holds the key.
  key_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  public_key BLOB NOT NULL,
  may_migrate INTEGER NOT NULL CHECK (may_migrate IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
  created_at_ms INTEGER NOT NULL,
  rotate_by_ms INTEGER NOT NULL,
  -- The key that takes its place, where it could not move.
  replaced_by TEXT REFERENCES hsm_key (key_id)
) STRICT;

-- One key on one token.
CREATE TABLE hsm_copy (
  key_id TEXT NOT NULL REFERENCES hsm_key (key_id),
  token_id INTEGER NOT NULL REFERENCES hsm_token (id),
  way TEXT NOT NULL CHECK (way IN ('token', 'sealed')),
  -- The seed of a post-quantum key under the token's sealing key.
  sealed_seed BLOB,
  state TEXT NOT NULL CHECK (state IN ('active', 'retired', 'destroyed')),
  made_at_ms INTEGER NOT NULL,
  -- Where it came from, by which run, wrapped with what; NULL where it was made here.
  origin_token_id INTEGER REFERENCES hsm_token (id),
  origin_run TEXT,
  wrapped_with TEXT,
  PRIMARY KEY (key_id, token_id),
  CHECK ((way = 'sealed') = (sealed_seed IS NOT NULL)),
  CHECK ((origin_run IS NULL) = (wrapped_with IS NULL) AND (origin_run IS NULL) = (origin_token_id IS NULL))
) STRICT;
CREATE INDEX hsm_copy_by_token ON hsm_copy (token_id);

-- Signing requests that had to wait, or whose answer is to be had again under their id.
CREATE TABLE hsm_request (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  key_id TEXT NOT NULL REFERENCES hsm_key (key_id),
  message_hash BLOB NOT NULL,
  -- The message, sealed; NULL once it is answered.
  message_sealed_id INTEGER,
  state TEXT NOT NULL CHECK (state IN ('queued', 'answered', 'refused')),
  signature BLOB,
  code TEXT,
  asked_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  CHECK ((state = 'queued') = (message_sealed_id IS NOT NULL)),
  CHECK ((state = 'queued') = (ended_at_ms IS NULL)),
  CHECK ((state = 'answered') = (signature IS NOT NULL)),
  CHECK ((state = 'refused') = (code IS NOT NULL))
) STRICT;
CREATE INDEX hsm_request_queued ON hsm_request (number) WHERE state = 'queued';

-- One answer for one request, and it stays the one that was given.
CREATE TRIGGER hsm_request_once BEFORE UPDATE ON hsm_request WHEN OLD.state <> 'queued'
  BEGIN SELECT RAISE(ABORT, 'a signing request is answered once'); END;
CREATE TRIGGER hsm_request_fixed BEFORE UPDATE OF number, id, key_id, message_hash, asked_at_ms ON hsm_request
  BEGIN SELECT RAISE(ABORT, 'a signing request is not edited'); END;
CREATE TRIGGER hsm_request_delete BEFORE DELETE ON hsm_request
  BEGIN SELECT RAISE(ABORT, 'a signing request is not deleted'); END;

-- A run takes the keys of one token to another and may stop between any two of them.
CREATE TABLE hsm_run (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('migration', 'backup')),
  kem TEXT NOT NULL CHECK (kem IN ('ML-KEM-768', 'ML-KEM-1024')),
  source_id INTEGER NOT NULL REFERENCES hsm_token (id),
  target_id INTEGER NOT NULL REFERENCES hsm_token (id),
  state TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'done')),
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  -- The wrapping key of the run was seen to be gone from the source.
  wrapping_key_deleted INTEGER NOT NULL DEFAULT 0 CHECK (wrapping_key_deleted IN (0, 1)),
  CHECK (purpose = 'backup' OR kem = 'ML-KEM-1024')
) STRICT;
CREATE UNIQUE INDEX hsm_run_open ON hsm_run (source_id) WHERE state <> 'done';

CREATE TABLE hsm_run_key (
  run_id TEXT NOT NULL REFERENCES hsm_run (id),
  ordinal INTEGER NOT NULL,
  key_id TEXT NOT NULL REFERENCES hsm_key (key_id),
  outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'moved', 'replaced', 'stays', 'failed')),
  code TEXT,
  PRIMARY KEY (run_id, ordinal)
) STRICT;

-- The smart card of an operator: the key that its challenges are signed with.
CREATE TABLE hsm_card (
  operator_id TEXT PRIMARY KEY,
  serial TEXT NOT NULL UNIQUE,
  key_id TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  public_key BLOB NOT NULL,
  enrolled_at_ms INTEGER NOT NULL
) STRICT;
