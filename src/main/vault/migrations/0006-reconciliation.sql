-- Which bank transactions settle which open items, by whose decision and why. Reasons are codes and
-- numbers, never names or account numbers; notes of people stand in sealed_value.

-- A match that was made (or a hold, which settles nothing). It stands until match_end names it.
CREATE TABLE match (
  id INTEGER PRIMARY KEY,
  bank_transaction_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('match', 'hold')),
  decided_by TEXT NOT NULL CHECK (decided_by IN ('machine', 'person')),
  actor TEXT NOT NULL,
  decided_at_ms INTEGER NOT NULL,
  -- Parts per million; NULL where a person allocated by hand.
  probability_ppm INTEGER,
  rivals INTEGER NOT NULL,
  -- JSON [{code, weight, values}], strongest first.
  evidence TEXT NOT NULL,
  -- Money that stays in Unapplied cash, unsigned.
  remainder_minor INTEGER NOT NULL,
  engine_version TEXT NOT NULL,
  scorer_version TEXT NOT NULL,
  effective_date TEXT NOT NULL,
  -- The reallocation; the same as that of the match it takes over where a person confirms the machine's.
  entry_id BLOB NOT NULL,
  note_sealed_id INTEGER,
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX match_by_transaction ON match (bank_transaction_id);

CREATE TABLE match_allocation (
  match_id INTEGER NOT NULL REFERENCES match (id),
  open_item_id INTEGER NOT NULL,
  -- What is settled of the item, discount and charges included; negative for a credit note.
  allocated_minor INTEGER NOT NULL CHECK (allocated_minor <> 0),
  discount_minor INTEGER NOT NULL CHECK (discount_minor >= 0),
  charges_minor INTEGER NOT NULL CHECK (charges_minor >= 0),
  PRIMARY KEY (match_id, open_item_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_allocation_by_item ON match_allocation (open_item_id);

-- How a match ended. entry_id is the reversal; NULL where another match took the entry over.
CREATE TABLE match_end (
  match_id INTEGER PRIMARY KEY REFERENCES match (id),
  ended_by TEXT NOT NULL CHECK (ended_by IN ('machine', 'person')),
  actor TEXT NOT NULL,
  ended_at_ms INTEGER NOT NULL,
  entry_id BLOB,
  note_sealed_id INTEGER,
  record INTEGER NOT NULL
) STRICT;

-- What a person said is not right: every explanation, or just these items together.
CREATE TABLE match_rejection (
  id INTEGER PRIMARY KEY,
  bank_transaction_id INTEGER NOT NULL,
  -- Ids of the items, ascending, separated by blanks; NULL where no explanation is right.
  open_items TEXT,
  actor TEXT NOT NULL,
  rejected_at_ms INTEGER NOT NULL,
  note_sealed_id INTEGER,
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX match_rejection_by_transaction ON match_rejection (bank_transaction_id);

CREATE TABLE match_rejection_end (
  rejection_id INTEGER PRIMARY KEY REFERENCES match_rejection (id),
  actor TEXT NOT NULL,
  ended_at_ms INTEGER NOT NULL,
  note_sealed_id INTEGER,
  record INTEGER NOT NULL
) STRICT;

-- What the machine proposes at present. Each run may replace it.
CREATE TABLE suggestion (
  id INTEGER PRIMARY KEY,
  bank_transaction_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  probability_ppm INTEGER NOT NULL,
  rivals INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  remainder_minor INTEGER NOT NULL,
  -- What it rests on: the items and what was open of them.
  fingerprint BLOB NOT NULL,
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX suggestion_by_transaction ON suggestion (bank_transaction_id, place);

CREATE TABLE suggestion_allocation (
  suggestion_id INTEGER NOT NULL REFERENCES suggestion (id) ON DELETE CASCADE,
  open_item_id INTEGER NOT NULL,
  allocated_minor INTEGER NOT NULL CHECK (allocated_minor <> 0),
  discount_minor INTEGER NOT NULL,
  charges_minor INTEGER NOT NULL,
  PRIMARY KEY (suggestion_id, open_item_id)
) STRICT, WITHOUT ROWID;

-- Where each considered transaction stands: a cache of the above, for queues and counts.
CREATE TABLE match_state (
  bank_transaction_id INTEGER PRIMARY KEY,
  booking_date TEXT NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('credit', 'debit')),
  currency TEXT NOT NULL,
  -- Signed: credit is positive.
  money_minor INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('auto', 'confirmed', 'suggested', 'unmatched', 'quarantined')),
  -- Who decided it; NULL where nobody has and the machine may propose.
  decided_by TEXT CHECK (decided_by IN ('machine', 'person')),
  match_id INTEGER REFERENCES match (id),
  probability_ppm INTEGER,
  rivals INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  -- Digest of the machine's decision, so that a run writes only what has changed.
  digest BLOB
) STRICT;
CREATE INDEX match_state_by_date ON match_state (booking_date, bank_transaction_id);
CREATE INDEX match_state_by_status ON match_state (status, booking_date, bank_transaction_id);

CREATE TRIGGER match_update BEFORE UPDATE ON match
  BEGIN SELECT RAISE(ABORT, 'match rows are not edited'); END;
CREATE TRIGGER match_delete BEFORE DELETE ON match
  BEGIN SELECT RAISE(ABORT, 'match rows are not deleted'); END;
CREATE TRIGGER match_allocation_update BEFORE UPDATE ON match_allocation
  BEGIN SELECT RAISE(ABORT, 'match_allocation rows are not edited'); END;
CREATE TRIGGER match_allocation_delete BEFORE DELETE ON match_allocation
  BEGIN SELECT RAISE(ABORT, 'match_allocation rows are not deleted'); END;
CREATE TRIGGER match_end_update BEFORE UPDATE ON match_end
  BEGIN SELECT RAISE(ABORT, 'match_end rows are not edited'); END;
CREATE TRIGGER match_end_delete BEFORE DELETE ON match_end
  BEGIN SELECT RAISE(ABORT, 'match_end rows are not deleted'); END;
CREATE TRIGGER match_rejection_update BEFORE UPDATE ON match_rejection
  BEGIN SELECT RAISE(ABORT, 'match_rejection rows are not edited'); END;
CREATE TRIGGER match_rejection_delete BEFORE DELETE ON match_rejection
  BEGIN SELECT RAISE(ABORT, 'match_rejection rows are not deleted'); END;
CREATE TRIGGER match_rejection_end_update BEFORE UPDATE ON match_rejection_end
  BEGIN SELECT RAISE(ABORT, 'match_rejection_end rows are not edited'); END;
CREATE TRIGGER match_rejection_end_delete BEFORE DELETE ON match_rejection_end
  BEGIN SELECT RAISE(ABORT, 'match_rejection_end rows are not deleted'); END;
