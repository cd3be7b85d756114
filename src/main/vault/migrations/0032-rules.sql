-- Rules of the desk, each in versions. What a rule says may name a payer, so it stands in sealed_value.
CREATE TABLE desk_rule_version (
  id            INTEGER PRIMARY KEY,
  rule          INTEGER NOT NULL,
  version       INTEGER NOT NULL,
  -- Canonical JSON {name, conditions, action}.
  sealed_id     INTEGER NOT NULL,
  actor         TEXT NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  record        INTEGER NOT NULL,
  UNIQUE (rule, version)
) STRICT;

-- Whether a rule acts. The row of the greatest record holds.
CREATE TABLE desk_rule_state (
  rule   INTEGER NOT NULL,
  record INTEGER NOT NULL,
  state  TEXT NOT NULL CHECK (state IN ('on', 'off', 'retired')),
  PRIMARY KEY (rule, record)
) STRICT, WITHOUT ROWID;

-- In which order rules are asked: JSON of their numbers. The row of the greatest record holds.
CREATE TABLE desk_rule_order (
  record INTEGER PRIMARY KEY,
  rules  TEXT NOT NULL
) STRICT;

-- A match that settles no item: a rule moved its money from Unapplied cash to an account.
CREATE TABLE match_booking (
  match_id   INTEGER PRIMARY KEY REFERENCES match (id),
  account_id INTEGER NOT NULL,
  rule       INTEGER NOT NULL,
  version    INTEGER NOT NULL
) STRICT;

CREATE TRIGGER desk_rule_version_update BEFORE UPDATE ON desk_rule_version
  BEGIN SELECT RAISE(ABORT, 'desk_rule_version rows are not edited'); END;
CREATE TRIGGER desk_rule_version_delete BEFORE DELETE ON desk_rule_version
  BEGIN SELECT RAISE(ABORT, 'desk_rule_version rows are not deleted'); END;
CREATE TRIGGER desk_rule_state_update BEFORE UPDATE ON desk_rule_state
  BEGIN SELECT RAISE(ABORT, 'desk_rule_state rows are not edited'); END;
CREATE TRIGGER desk_rule_state_delete BEFORE DELETE ON desk_rule_state
  BEGIN SELECT RAISE(ABORT, 'desk_rule_state rows are not deleted'); END;
CREATE TRIGGER desk_rule_order_update BEFORE UPDATE ON desk_rule_order
  BEGIN SELECT RAISE(ABORT, 'desk_rule_order rows are not edited'); END;
CREATE TRIGGER desk_rule_order_delete BEFORE DELETE ON desk_rule_order
  BEGIN SELECT RAISE(ABORT, 'desk_rule_order rows are not deleted'); END;
CREATE TRIGGER match_booking_update BEFORE UPDATE ON match_booking
  BEGIN SELECT RAISE(ABORT, 'match_booking rows are not edited'); END;
CREATE TRIGGER match_booking_delete BEFORE DELETE ON match_booking
  BEGIN SELECT RAISE(ABORT, 'match_booking rows are not deleted'); END;
