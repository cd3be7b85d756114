-- Breaks: what does not fit and must be explained, whichever room found it. Notes stand in sealed_value;
-- attached files are evidence of the compliance vault.

-- A break as it was found. Another amount under the same cause is another break.
CREATE TABLE break_case (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('opening', 'gap', 'difference', 'unmatched', 'pre-post', 'books')),
  -- What the source of breaks calls the cause.
  cause_key TEXT NOT NULL,
  bank_account_id INTEGER,
  currency TEXT NOT NULL,
  -- Signed as the own account sees it: money in is positive.
  amount_minor INTEGER NOT NULL,
  since_date TEXT NOT NULL,
  -- The role of the account that holds the money meanwhile, and its balance there, debit positive; NULL
  -- where none does, and then nothing can be written off.
  holding_role TEXT,
  holding_minor INTEGER,
  -- Where it leads to.
  source_kind TEXT NOT NULL,
  source_id TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  record INTEGER NOT NULL,
  CHECK ((holding_role IS NULL) = (holding_minor IS NULL))
) STRICT;

-- What happened to a break, in order. Where it stands follows from this and from nothing else.
CREATE TABLE break_event (
  id INTEGER PRIMARY KEY,
  break_id INTEGER NOT NULL REFERENCES break_case (id),
  at_ms INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN (
    'opened', 'assigned', 'released', 'reason', 'noted', 'attached', 'explained', 'reopened', 'written-off',
    'write-off-undone', 'cause-gone', 'cause-back', 'closed')),
  actor TEXT NOT NULL,
  -- The actor it was given to, or the reason code; NULL where the action has neither.
  value TEXT,
  note_sealed_id INTEGER,
  -- The journal entry of a write-off, or the one that reversed it.
  entry_id BLOB,
  evidence_id INTEGER,
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX break_event_by_break ON break_event (break_id, id);
CREATE INDEX break_event_by_evidence ON break_event (evidence_id) WHERE evidence_id IS NOT NULL;

-- Where each break stands: follows from its events and is kept for the queue. Verification compares it.
CREATE TABLE break_state (
  break_id INTEGER PRIMARY KEY REFERENCES break_case (id),
  kind TEXT NOT NULL,
  cause_key TEXT NOT NULL,
  since_date TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'in-work', 'explained', 'written-off', 'closed')),
  owner TEXT,
  reason TEXT,
  entry_id BLOB,
  cause_gone INTEGER NOT NULL CHECK (cause_gone IN (0, 1)),
  CHECK ((status = 'written-off') = (entry_id IS NOT NULL))
) STRICT;
-- One cause is one break that is not over.
CREATE UNIQUE INDEX break_state_by_cause ON break_state (kind, cause_key) WHERE status <> 'closed';
CREATE INDEX break_state_by_status ON break_state (status, since_date, break_id);

-- Business days after which a line that nothing explains becomes a break. The newest row holds.
CREATE TABLE break_setting (
  record INTEGER PRIMARY KEY,
  unmatched_after_days INTEGER NOT NULL CHECK (unmatched_after_days BETWEEN 0 AND 90)
) STRICT;

CREATE TRIGGER break_case_update BEFORE UPDATE ON break_case
  BEGIN SELECT RAISE(ABORT, 'break_case rows are not edited'); END;
CREATE TRIGGER break_case_delete BEFORE DELETE ON break_case
  BEGIN SELECT RAISE(ABORT, 'break_case rows are not deleted'); END;
CREATE TRIGGER break_event_update BEFORE UPDATE ON break_event
  BEGIN SELECT RAISE(ABORT, 'break_event rows are not edited'); END;
CREATE TRIGGER break_event_delete BEFORE DELETE ON break_event
  BEGIN SELECT RAISE(ABORT, 'break_event rows are not deleted'); END;
CREATE TRIGGER break_setting_update BEFORE UPDATE ON break_setting
  BEGIN SELECT RAISE(ABORT, 'break_setting rows are not edited'); END;
CREATE TRIGGER break_setting_delete BEFORE DELETE ON break_setting
  BEGIN SELECT RAISE(ABORT, 'break_setting rows are not deleted'); END;
