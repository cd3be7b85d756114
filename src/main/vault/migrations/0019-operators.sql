-- Every key that an operator has signed with. What an old key signed is checked by it for good.
CREATE TABLE operator_key (
  id INTEGER PRIMARY KEY,
  operator_id INTEGER NOT NULL REFERENCES operator (id),
  suite TEXT NOT NULL,
  public_key BLOB NOT NULL UNIQUE,
  since_ms INTEGER NOT NULL,
  -- Null while it is the one that the operator signs with.
  until_ms INTEGER CHECK (until_ms >= since_ms)
) STRICT;
CREATE UNIQUE INDEX operator_key_in_use ON operator_key (operator_id) WHERE until_ms IS NULL;

INSERT INTO operator_key (operator_id, suite, public_key, since_ms)
  SELECT slot.operator_id, slot.suite, slot.public_key, operator.created_at_ms
  FROM operator_slot slot JOIN operator ON operator.id = slot.operator_id ORDER BY slot.operator_id;

CREATE TRIGGER operator_key_fixed BEFORE UPDATE ON operator_key
  WHEN NEW.id IS NOT OLD.id OR NEW.operator_id IS NOT OLD.operator_id OR NEW.suite IS NOT OLD.suite
    OR NEW.public_key IS NOT OLD.public_key OR NEW.since_ms IS NOT OLD.since_ms OR OLD.until_ms IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'a key that was signed with only ends'); END;
CREATE TRIGGER operator_key_delete BEFORE DELETE ON operator_key
  BEGIN SELECT RAISE(ABORT, 'keys that were signed with are kept'); END;

-- Break-glass: roles lent for a short time. Why stands sealed in the log and in the incident.
CREATE TABLE operator_lending (
  id INTEGER PRIMARY KEY,
  operator_id INTEGER NOT NULL REFERENCES operator (id),
  roles TEXT NOT NULL,
  started_at_ms INTEGER NOT NULL,
  ends_at_ms INTEGER NOT NULL CHECK (ends_at_ms > started_at_ms AND ends_at_ms - started_at_ms <= 3600000),
  lent_by TEXT NOT NULL,
  -- Null until it is over and the log says so.
  ended_at_ms INTEGER
) STRICT;
CREATE INDEX operator_lending_open ON operator_lending (operator_id) WHERE ended_at_ms IS NULL;

CREATE TRIGGER operator_lending_fixed BEFORE UPDATE ON operator_lending
  WHEN NEW.id IS NOT OLD.id OR NEW.operator_id IS NOT OLD.operator_id OR NEW.roles IS NOT OLD.roles
    OR NEW.started_at_ms IS NOT OLD.started_at_ms OR NEW.ends_at_ms IS NOT OLD.ends_at_ms
    OR NEW.lent_by IS NOT OLD.lent_by OR OLD.ended_at_ms IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'what was lent only ends'); END;
CREATE TRIGGER operator_lending_delete BEFORE DELETE ON operator_lending
  BEGIN SELECT RAISE(ABORT, 'what was lent stays on record'); END;
