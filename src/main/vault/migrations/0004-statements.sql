-- Bank accounts of our own, the statements that speak of them, and what each line said.
-- Account numbers, names, references and remittance stand in sealed_value; these tables hold ids.

CREATE TABLE bank_account (
  id INTEGER PRIMARY KEY,
  -- The place in the list of own accounts: the ledger account is named by it, never by its number.
  ordinal INTEGER NOT NULL UNIQUE,
  currency TEXT NOT NULL,
  ledger_account_id INTEGER NOT NULL UNIQUE,
  -- Canonical JSON {number, ownerName, servicerBic}; the blind-index tag lies beside the sealed value.
  sealed_id INTEGER NOT NULL,
  -- The audit record that made the account count; NULL while the import that brought it is under way.
  record INTEGER
) STRICT;
CREATE INDEX bank_account_by_sealed ON bank_account (sealed_id);

CREATE TABLE statement (
  id INTEGER PRIMARY KEY,
  import_id INTEGER NOT NULL,
  -- Under which id the ledger holds the staged entries of this statement.
  ledger_unit INTEGER NOT NULL,
  bank_account_id INTEGER NOT NULL REFERENCES bank_account (id),
  -- The place of the statement in its file, from 0.
  place INTEGER NOT NULL,
  type TEXT NOT NULL,
  -- 1 where the message only informs (camt.052, camt.054, MT942): nothing of it is posted.
  informs INTEGER NOT NULL,
  -- Canonical JSON {statementId, createdAt, …}: banks write the account number into their ids.
  sealed_id INTEGER NOT NULL,
  sequence_number TEXT,
  page TEXT,
  opening_minor INTEGER,
  opening_date TEXT,
  closing_minor INTEGER,
  closing_date TEXT,
  -- The least and greatest booking date of the booked lines.
  first_date TEXT,
  last_date TEXT,
  booked_minor INTEGER NOT NULL DEFAULT 0,
  booked_count INTEGER NOT NULL DEFAULT 0,
  transaction_count INTEGER NOT NULL DEFAULT 0,
  first_transaction_id INTEGER NOT NULL,
  last_transaction_id INTEGER NOT NULL,
  -- What makes two statements the same; NULL until the end of the statement has been read.
  identity BLOB UNIQUE,
  -- The audit record of its import; NULL while that is under way, and then the statement counts nowhere.
  record INTEGER
) STRICT;
CREATE INDEX statement_by_account ON statement (bank_account_id, closing_date);
CREATE INDEX statement_by_import ON statement (import_id);

CREATE TABLE bank_transaction (
  id INTEGER PRIMARY KEY,
  statement_id INTEGER NOT NULL,
  booking_date TEXT NOT NULL,
  value_date TEXT,
  -- Signed as the own account sees it: money in is positive. In the currency of the statement's account.
  amount_minor INTEGER NOT NULL,
  status TEXT NOT NULL,
  reversal INTEGER NOT NULL,
  -- The stretch of the message's own bytes, and of its entry's head where that stands apart.
  byte_start INTEGER NOT NULL,
  byte_end INTEGER NOT NULL,
  -- The journal entry that posted the line; NULL where it posts nothing.
  entry_id BLOB,
  -- Canonical JSON of parties, references, remittance and place in the message.
  sealed_id INTEGER NOT NULL
) STRICT;
CREATE INDEX bank_transaction_by_date ON bank_transaction (booking_date);

-- Booked money by statement and day: what the checks against the ledger and the dashboard sum.
CREATE TABLE statement_day (
  statement_id INTEGER NOT NULL,
  booking_date TEXT NOT NULL,
  credit_minor INTEGER NOT NULL,
  debit_minor INTEGER NOT NULL,
  booked_count INTEGER NOT NULL,
  -- The sum of the lines' hashes, by which the same day is known again in another statement.
  lines_sum BLOB NOT NULL,
  PRIMARY KEY (statement_id, booking_date)
) STRICT, WITHOUT ROWID;

-- Money that no line explains: before a statement (opening, gap) or within it (difference).
CREATE TABLE statement_break (
  id INTEGER PRIMARY KEY,
  statement_id INTEGER NOT NULL,
  bank_account_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('opening', 'gap', 'difference')),
  effective_date TEXT NOT NULL,
  -- What was posted to Bank, against Statement differences.
  amount_minor INTEGER NOT NULL,
  entry_id BLOB NOT NULL,
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_break_by_account ON statement_break (bank_account_id);

-- A break that a later arrival explained: its entry was reversed.
CREATE TABLE statement_break_closure (
  break_id INTEGER PRIMARY KEY REFERENCES statement_break (id),
  effective_date TEXT NOT NULL,
  entry_id BLOB NOT NULL,
  record INTEGER NOT NULL
) STRICT;

-- Nothing that counts is edited. Rows of an import under way may be completed and taken away.
CREATE TRIGGER bank_account_update BEFORE UPDATE ON bank_account WHEN OLD.record IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'bank_account rows are not edited'); END;
CREATE TRIGGER bank_account_delete BEFORE DELETE ON bank_account WHEN OLD.record IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'bank_account rows are not deleted'); END;
CREATE TRIGGER statement_update BEFORE UPDATE ON statement WHEN OLD.record IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'statement rows are not edited'); END;
CREATE TRIGGER statement_delete BEFORE DELETE ON statement WHEN OLD.record IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'statement rows are not deleted'); END;
CREATE TRIGGER bank_transaction_update BEFORE UPDATE ON bank_transaction
  BEGIN SELECT RAISE(ABORT, 'bank_transaction rows are not edited'); END;
CREATE TRIGGER bank_transaction_delete BEFORE DELETE ON bank_transaction
  WHEN (SELECT record FROM statement WHERE id = OLD.statement_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'bank_transaction rows are not deleted'); END;
CREATE TRIGGER statement_day_update BEFORE UPDATE ON statement_day
  BEGIN SELECT RAISE(ABORT, 'statement_day rows are not edited'); END;
CREATE TRIGGER statement_day_delete BEFORE DELETE ON statement_day
  WHEN (SELECT record FROM statement WHERE id = OLD.statement_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'statement_day rows are not deleted'); END;
CREATE TRIGGER statement_break_update BEFORE UPDATE ON statement_break
  BEGIN SELECT RAISE(ABORT, 'statement_break rows are not edited'); END;
CREATE TRIGGER statement_break_delete BEFORE DELETE ON statement_break
  BEGIN SELECT RAISE(ABORT, 'statement_break rows are not deleted'); END;
CREATE TRIGGER statement_break_closure_update BEFORE UPDATE ON statement_break_closure
  BEGIN SELECT RAISE(ABORT, 'statement_break_closure rows are not edited'); END;
CREATE TRIGGER statement_break_closure_delete BEFORE DELETE ON statement_break_closure
  BEGIN SELECT RAISE(ABORT, 'statement_break_closure rows are not deleted'); END;
