-- What was backed up, drilled and restored from this vault, as far as it knows. A row says what was
-- so at the time; whether a file is still there is looked up when the list is shown.

CREATE TABLE backup_run (
  id                INTEGER PRIMARY KEY,
  kind              TEXT NOT NULL CHECK (kind IN ('backup', 'drill')),
  at_ms             INTEGER NOT NULL,
  -- File or folder of the backup.
  path              TEXT NOT NULL,
  -- The last audit record that the backup holds.
  record            INTEGER NOT NULL,
  size_bytes        INTEGER NOT NULL,
  duration_ms       INTEGER NOT NULL,
  verified          INTEGER NOT NULL CHECK (verified IN (0, 1)),
  -- Drills: work that would have been lost, and the time a restore took. NULL on backups.
  recovery_point_ms INTEGER,
  recovery_time_ms  INTEGER
) STRICT;

CREATE TRIGGER backup_run_update BEFORE UPDATE ON backup_run
  BEGIN SELECT RAISE(ABORT, 'backup_run rows are not edited'); END;
CREATE TRIGGER backup_run_delete BEFORE DELETE ON backup_run
  BEGIN SELECT RAISE(ABORT, 'backup_run rows are not deleted'); END;
