-- Cards of operators, keys that were begun, the embedded token's files, and clocks that reports bring.

-- Software stands in for a card in the demo vault alone.
ALTER TABLE hsm_card ADD COLUMN kind TEXT NOT NULL DEFAULT 'hardware' CHECK (kind IN ('hardware', 'software'));

-- A key that is about to be put on a token. The row is there before the key and goes when the key has
-- its own; what is left here after a crash is looked for on the token.
CREATE TABLE hsm_intent (
  -- Hex of CKA_ID.
  key_id TEXT NOT NULL,
  token_id INTEGER NOT NULL REFERENCES hsm_token (id),
  began_at_ms INTEGER NOT NULL,
  PRIMARY KEY (key_id, token_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hsm_intent_by_token ON hsm_intent (token_id);

-- The files of the embedded tokens, sealed, as they were after the last change of a key: what is backed
-- up, shipped and restored with the vault.
CREATE TABLE hsm_token_file (
  id INTEGER PRIMARY KEY,
  -- Below the folder of tokens, with slashes.
  path TEXT NOT NULL UNIQUE,
  content_sealed_id INTEGER NOT NULL,
  -- SHA-256 of the content, so that only what has changed is sealed anew.
  digest BLOB NOT NULL
) STRICT;

-- How long the report itself allows before somebody has acknowledged it; NULL where the policies say.
ALTER TABLE incident ADD COLUMN clock_ms INTEGER CHECK (clock_ms > 0);

-- The program comes with a second version of some policies, so that the first row may be version 3.
DROP TRIGGER policy_version_in_turn;
CREATE TRIGGER policy_version_in_turn BEFORE INSERT ON policy_version
  WHEN NEW.version NOT BETWEEN
    1 + coalesce((SELECT max(version) FROM policy_version WHERE policy_id = NEW.policy_id), 1) AND
    coalesce((SELECT max(version) + 1 FROM policy_version WHERE policy_id = NEW.policy_id), 3)
  BEGIN SELECT RAISE(ABORT, 'versions of a policy follow each other'); END;
