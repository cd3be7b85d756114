-- The security heartbeat: a chained log of checks, rotations and failures; see
-- src/main/heartbeat/chain.ts for the bytes that `hash` is the hash of.

CREATE TABLE heartbeat_event (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  -- room.what
  source TEXT NOT NULL,
  ok INTEGER NOT NULL CHECK (ok IN (0, 1)),
  message TEXT NOT NULL,
  -- Canonical JSON
  facts TEXT NOT NULL,
  -- The source reports again within this time; NULL for one that reports when there is something.
  next_within_ms INTEGER CHECK (next_within_ms > 0),
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX heartbeat_event_by_source ON heartbeat_event (source, seq);

CREATE TRIGGER heartbeat_event_update BEFORE UPDATE ON heartbeat_event
  BEGIN SELECT RAISE(ABORT, 'heartbeat events are never changed'); END;
CREATE TRIGGER heartbeat_event_delete BEFORE DELETE ON heartbeat_event
  BEGIN SELECT RAISE(ABORT, 'heartbeat events are never removed'); END;
