-- Incidents: what a person must look at. Titles, facts, reasons and causes stand in sealed_value.

CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  -- room.what; the policies are keyed by it.
  kind TEXT NOT NULL,
  -- Blind-index tag of the key under which reports are one incident.
  dedupe_tag BLOB NOT NULL,
  -- The resolved incident that this one is a recurrence of.
  previous_id INTEGER REFERENCES incident (id),
  raised_at_ms INTEGER NOT NULL,
  -- Canonical JSON {detail, title} of the first report.
  sealed_id INTEGER NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
  owner TEXT,
  level INTEGER NOT NULL CHECK (level >= 0),
  count INTEGER NOT NULL CHECK (count > 0),
  last_seen_at_ms INTEGER NOT NULL,
  -- Until when it must be acknowledged; NULL once the clock has been stopped.
  acknowledge_by_ms INTEGER,
  -- Whether the clock ran out at the highest level, where nothing is left to escalate to.
  overdue_noted INTEGER NOT NULL DEFAULT 0 CHECK (overdue_noted IN (0, 1)),
  resolved_at_ms INTEGER,
  CHECK ((state = 'open') = (acknowledge_by_ms IS NOT NULL)),
  CHECK ((state = 'resolved') = (resolved_at_ms IS NOT NULL))
) STRICT;

-- One key has one incident at a time that is not resolved.
CREATE UNIQUE INDEX incident_unresolved_by_key ON incident (dedupe_tag) WHERE state <> 'resolved';
CREATE INDEX incident_by_key ON incident (dedupe_tag, id);
CREATE INDEX incident_by_previous ON incident (previous_id) WHERE previous_id IS NOT NULL;
CREATE INDEX incident_by_state ON incident (state, id);
CREATE INDEX incident_by_clock ON incident (acknowledge_by_ms) WHERE acknowledge_by_ms IS NOT NULL;

-- What happened to an incident, in order.
CREATE TABLE incident_event (
  id INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL REFERENCES incident (id),
  at_ms INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN (
    'raised', 'recurred', 'worsened', 'acknowledged', 'assigned', 'escalated', 'overdue', 'resolved')),
  actor TEXT NOT NULL,
  -- A reason, a cause, the one it was assigned to; NULL where there is none.
  note_sealed_id INTEGER,
  -- The audit record of the change.
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_event_by_incident ON incident_event (incident_id, id);

CREATE TRIGGER incident_resolved BEFORE UPDATE ON incident WHEN OLD.state = 'resolved'
  BEGIN SELECT RAISE(ABORT, 'resolved incidents are not edited'); END;
CREATE TRIGGER incident_update BEFORE UPDATE OF
  id, kind, dedupe_tag, previous_id, raised_at_ms, sealed_id ON incident
  BEGIN SELECT RAISE(ABORT, 'incident rows are not edited'); END;
CREATE TRIGGER incident_delete BEFORE DELETE ON incident
  BEGIN SELECT RAISE(ABORT, 'incident rows are not deleted'); END;
CREATE TRIGGER incident_event_update BEFORE UPDATE ON incident_event
  BEGIN SELECT RAISE(ABORT, 'incident_event rows are not edited'); END;
CREATE TRIGGER incident_event_delete BEFORE DELETE ON incident_event
  BEGIN SELECT RAISE(ABORT, 'incident_event rows are not deleted'); END;
