-- Operators: who may sign in, as what. Names and second factors stand in sealed_value.

CREATE TABLE operator (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'service')),
  name_sealed_id INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
  -- JSON lists: roles of a person, permissions of a service account.
  roles TEXT NOT NULL,
  permissions TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  last_sign_in_at_ms INTEGER,
  -- Failed sign-ins since the last one that succeeded.
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  last_failure_at_ms INTEGER,
  -- The secret of the second factor, and the newest step of which a code was taken.
  totp_sealed_id INTEGER,
  totp_step INTEGER NOT NULL DEFAULT -1,
  CHECK ((kind = 'person') = (totp_sealed_id IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX operator_by_name ON operator (name_sealed_id);

-- An operator's own slot: their signing key under what Argon2id makes of their passphrase. It opens
-- this key and no vault.
CREATE TABLE operator_slot (
  operator_id INTEGER PRIMARY KEY REFERENCES operator (id),
  salt BLOB NOT NULL,
  memory_kib INTEGER NOT NULL,
  passes INTEGER NOT NULL,
  lanes INTEGER NOT NULL,
  suite TEXT NOT NULL,
  public_key BLOB NOT NULL,
  sealed_key BLOB NOT NULL
) STRICT;

CREATE TRIGGER operator_fixed BEFORE UPDATE OF id, kind, name_sealed_id, created_at_ms ON operator
  BEGIN SELECT RAISE(ABORT, 'operators keep their name'); END;
-- A code is taken once, whatever the program does.
CREATE TRIGGER operator_step BEFORE UPDATE OF totp_step ON operator
  WHEN NEW.totp_step < OLD.totp_step AND NEW.totp_sealed_id IS OLD.totp_sealed_id
  BEGIN SELECT RAISE(ABORT, 'steps of a second factor only go forward'); END;
CREATE TRIGGER operator_delete BEFORE DELETE ON operator
  BEGIN SELECT RAISE(ABORT, 'operators are disabled, not deleted'); END;
