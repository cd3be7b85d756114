-- Single messages of instant rails, the payments they tell of, and how each stands between its
-- message and the statement's line. A payment is a row of bank_transaction too, under a statement of
-- type 'instant' that only informs. References are kept as blind-index tags; what was said is sealed.

CREATE TABLE instant_message (
  id INTEGER PRIMARY KEY,
  -- Blind-index tag over kind, rail and the message's own id: the idempotency key.
  tag BLOB NOT NULL UNIQUE,
  -- SHA-256 of what it says, whatever it was written in.
  content_hash BLOB NOT NULL,
  kind TEXT NOT NULL,
  version TEXT,
  form TEXT NOT NULL CHECK (form IN ('json', 'xml')),
  rail TEXT,
  -- The connector that brought it.
  source TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  -- JSON of what was answered, so that a repetition is answered the same.
  outcome TEXT NOT NULL,
  -- The bytes as they came.
  raw_sealed_id INTEGER NOT NULL,
  record INTEGER NOT NULL
) STRICT;

CREATE TABLE instant_payment (
  -- That of its bank_transaction.
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL,
  bank_account_id INTEGER NOT NULL,
  currency TEXT NOT NULL,
  rail TEXT,
  -- Signed as the own account sees it: money in is positive.
  money_minor INTEGER NOT NULL,
  paid_on TEXT NOT NULL,
  received_at_ms INTEGER NOT NULL,
  -- When a statement should have confirmed it.
  due_at_ms INTEGER NOT NULL,
  -- JSON of codes: what is unusual about it.
  notes TEXT NOT NULL DEFAULT '[]',
  -- From here on: how it stands now. Each change leaves a line in instant_event.
  -- What returns took back, unsigned.
  returned_minor INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0 CHECK (rejected IN (0, 1)),
  recalled INTEGER NOT NULL DEFAULT 0 CHECK (recalled IN (0, 1)),
  -- What stands of it in In-transit and its line will clear, signed.
  transit_minor INTEGER NOT NULL DEFAULT 0,
  -- The statement's line that confirmed it, its date, and what it cleared of In-transit.
  line_id INTEGER UNIQUE,
  cleared_on TEXT,
  cleared_minor INTEGER NOT NULL DEFAULT 0,
  -- When it was found that no statement confirmed it in time.
  overdue_at_ms INTEGER
) STRICT;
CREATE INDEX instant_payment_unconfirmed ON instant_payment (bank_account_id, money_minor, paid_on)
  WHERE line_id IS NULL;
-- Those that stand in the queue by themselves: they are counted often.
CREATE INDEX instant_payment_open ON instant_payment (id)
  WHERE line_id IS NULL AND rejected = 0 AND returned_minor < abs(money_minor);
-- Those that a line may still confirm.
CREATE INDEX instant_payment_waiting ON instant_payment (id) WHERE line_id IS NULL AND rejected = 0;
-- What stands in In-transit, by account and the time at which a statement should have cleared it.
CREATE INDEX instant_payment_transit ON instant_payment (bank_account_id, due_at_ms, transit_minor)
  WHERE transit_minor <> 0;
CREATE INDEX instant_payment_cleared ON instant_payment (bank_account_id, cleared_on) WHERE cleared_minor <> 0;

-- A further message that told of a payment known already, with what it said of it.
CREATE TABLE instant_part (
  id INTEGER PRIMARY KEY,
  payment_id INTEGER NOT NULL REFERENCES instant_payment (id),
  message_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  sealed_id INTEGER NOT NULL,
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX instant_part_by_payment ON instant_part (payment_id);

-- What a message says of an earlier payment: its status, its return, its recall.
CREATE TABLE instant_notice (
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('status', 'return', 'recall')),
  -- ISO code of the status; NULL for the other kinds.
  status TEXT,
  -- Code of the reason; free text of a bank stays in the sealed message.
  reason TEXT,
  currency TEXT,
  -- Unsigned; what is returned.
  amount_minor INTEGER,
  dated_on TEXT NOT NULL,
  -- From here on: how it stands now.
  -- The payment it speaks of; NULL while that has not come.
  payment_id INTEGER,
  -- Of a return: what stands of it in In-transit and the statement's second line will clear, signed.
  transit_minor INTEGER NOT NULL DEFAULT 0,
  line_id INTEGER UNIQUE,
  -- When a statement should have shown a return.
  due_at_ms INTEGER
) STRICT;
CREATE INDEX instant_notice_by_payment ON instant_notice (payment_id);
CREATE INDEX instant_notice_returned ON instant_notice (amount_minor) WHERE kind = 'return' AND line_id IS NULL;
CREATE INDEX instant_notice_transit ON instant_notice (payment_id, due_at_ms, transit_minor)
  WHERE transit_minor <> 0;

-- Money in and out by own account and hour of its arrival: a sum kept for the intraday curve.
CREATE TABLE instant_hour (
  bank_account_id INTEGER NOT NULL,
  hour_ms INTEGER NOT NULL,
  in_minor INTEGER NOT NULL,
  out_minor INTEGER NOT NULL,
  payments INTEGER NOT NULL,
  PRIMARY KEY (bank_account_id, hour_ms)
) STRICT, WITHOUT ROWID;

-- By what a payment, or what is said of one, is known again. The subject is the payment, or less than
-- zero: a notice under the keys of the payment it speaks of.
CREATE TABLE instant_key (
  tag BLOB NOT NULL,
  subject INTEGER NOT NULL,
  PRIMARY KEY (tag, subject)
) STRICT, WITHOUT ROWID;

-- What happened to a payment, in the order of the log.
CREATE TABLE instant_event (
  id INTEGER PRIMARY KEY,
  payment_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  action TEXT NOT NULL,
  message_id INTEGER,
  notice_id INTEGER,
  line_id INTEGER,
  entry_id BLOB,
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX instant_event_by_payment ON instant_event (payment_id);

-- A match whose entry stands against In-transit: of a payment, or carried over from it to its line.
ALTER TABLE match ADD COLUMN pre_posted INTEGER NOT NULL DEFAULT 0;

-- Where a message comes after the statement, its line is looked for by what it moved.
CREATE INDEX bank_transaction_by_amount ON bank_transaction (amount_minor, booking_date)
  WHERE entry_id IS NOT NULL;

-- The statement of a feed counts from its first payment on and grows all day.
DROP TRIGGER statement_update;
CREATE TRIGGER statement_update BEFORE UPDATE ON statement
  WHEN OLD.record IS NOT NULL AND (OLD.type <> 'instant' OR NEW.record IS NOT OLD.record)
  BEGIN SELECT RAISE(ABORT, 'statement rows are not edited'); END;
CREATE TRIGGER statement_feed_update BEFORE UPDATE OF
  id, import_id, ledger_unit, bank_account_id, place, type, informs, sealed_id, identity ON statement
  WHEN OLD.type = 'instant'
  BEGIN SELECT RAISE(ABORT, 'statement rows are not edited'); END;

CREATE TRIGGER instant_message_update BEFORE UPDATE ON instant_message
  BEGIN SELECT RAISE(ABORT, 'instant_message rows are not edited'); END;
CREATE TRIGGER instant_message_delete BEFORE DELETE ON instant_message
  BEGIN SELECT RAISE(ABORT, 'instant_message rows are not deleted'); END;
CREATE TRIGGER instant_payment_update BEFORE UPDATE OF
  id, message_id, bank_account_id, currency, rail, money_minor, paid_on, received_at_ms ON instant_payment
  BEGIN SELECT RAISE(ABORT, 'instant_payment rows are not edited'); END;
CREATE TRIGGER instant_payment_delete BEFORE DELETE ON instant_payment
  BEGIN SELECT RAISE(ABORT, 'instant_payment rows are not deleted'); END;
CREATE TRIGGER instant_part_update BEFORE UPDATE ON instant_part
  BEGIN SELECT RAISE(ABORT, 'instant_part rows are not edited'); END;
CREATE TRIGGER instant_part_delete BEFORE DELETE ON instant_part
  BEGIN SELECT RAISE(ABORT, 'instant_part rows are not deleted'); END;
CREATE TRIGGER instant_notice_update BEFORE UPDATE OF
  id, message_id, kind, status, reason, currency, amount_minor, dated_on ON instant_notice
  BEGIN SELECT RAISE(ABORT, 'instant_notice rows are not edited'); END;
CREATE TRIGGER instant_notice_delete BEFORE DELETE ON instant_notice
  BEGIN SELECT RAISE(ABORT, 'instant_notice rows are not deleted'); END;
CREATE TRIGGER instant_key_update BEFORE UPDATE ON instant_key
  BEGIN SELECT RAISE(ABORT, 'instant_key rows are not edited'); END;
CREATE TRIGGER instant_event_update BEFORE UPDATE ON instant_event
  BEGIN SELECT RAISE(ABORT, 'instant_event rows are not edited'); END;
CREATE TRIGGER instant_event_delete BEFORE DELETE ON instant_event
  BEGIN SELECT RAISE(ABORT, 'instant_event rows are not deleted'); END;
