-- Policies as they were changed. Version 1 of each is what the program came with and has no row.

CREATE TABLE policy_version (
  policy_id TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 1),
  -- RFC 8785 text of {clauses, commands}.
  body TEXT NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  PRIMARY KEY (policy_id, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER policy_version_in_turn BEFORE INSERT ON policy_version
  WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM policy_version WHERE policy_id = NEW.policy_id), 1)
  BEGIN SELECT RAISE(ABORT, 'versions of a policy follow each other'); END;
CREATE TRIGGER policy_version_no_update BEFORE UPDATE ON policy_version
  BEGIN SELECT RAISE(ABORT, 'append-only: policy_version'); END;
CREATE TRIGGER policy_version_no_delete BEFORE DELETE ON policy_version
  BEGIN SELECT RAISE(ABORT, 'append-only: policy_version'); END;
