-- The double-entry ledger. Journal tables only grow: triggers refuse UPDATE, and DELETE except of
-- rows that belong to an import which was never published. Dates are days since 1970-01-01.

CREATE TABLE account (
  id          INTEGER PRIMARY KEY,
  code        TEXT NOT NULL UNIQUE,
  -- A role ('Receivables EUR'); never a person's name or an account number.
  name        TEXT NOT NULL,
  parent_id   INTEGER,
  kind        TEXT NOT NULL CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
  normal_side TEXT NOT NULL CHECK (normal_side IN ('debit', 'credit')),
  currency    TEXT CHECK (length(currency) = 3),
  postable    INTEGER NOT NULL CHECK (postable IN (0, 1)),
  -- What the console keeps on it, one account a role and currency; NULL for accounts of people's own.
  role        TEXT,
  record      INTEGER NOT NULL,
  CHECK (postable = 0 OR currency IS NOT NULL)
) STRICT;

CREATE UNIQUE INDEX account_by_role ON account (role, ifnull(currency, '')) WHERE role IS NOT NULL;

-- Limits and closing of an account. The row of the greatest record holds.
CREATE TABLE account_terms (
  account_id INTEGER NOT NULL,
  record     INTEGER NOT NULL,
  min_minor  INTEGER,
  max_minor  INTEGER,
  closed     INTEGER NOT NULL CHECK (closed IN (0, 1)),
  PRIMARY KEY (account_id, record)
) STRICT, WITHOUT ROWID;

-- Entries that became known together, under one Merkle root that an audit record holds. An entry's
-- leaf stands at its number less the first number. A batch of an import has no record of its own:
-- it is known from the record of its publication on.
CREATE TABLE journal_batch (
  first_number   INTEGER PRIMARY KEY,
  entry_count    INTEGER NOT NULL CHECK (entry_count > 0),
  root           BLOB NOT NULL CHECK (length(root) = 32),
  record         INTEGER,
  import_id      INTEGER,
  recorded_at_ms INTEGER NOT NULL,
  CHECK ((record IS NULL) <> (import_id IS NULL))
) STRICT;

CREATE INDEX journal_batch_by_record ON journal_batch (record) WHERE record IS NOT NULL;
CREATE INDEX journal_batch_by_import ON journal_batch (import_id) WHERE import_id IS NOT NULL;

-- The leaves of a batch, 32 bytes each: the hash of an entry's input, kept for its idempotency key.
CREATE TABLE journal_leaves (
  first_number INTEGER PRIMARY KEY,
  leaves       BLOB NOT NULL
) STRICT;

-- An entry of two postings stands in one row; any other keeps its postings as [[account, "amount"], …].
CREATE TABLE journal_entry (
  number         INTEGER PRIMARY KEY,
  id             BLOB NOT NULL CHECK (length(id) = 16),
  effective_day  INTEGER NOT NULL,
  debit_account  INTEGER,
  credit_account INTEGER,
  amount_minor   INTEGER CHECK (amount_minor > 0),
  reason         TEXT NOT NULL,
  postings       TEXT,
  memo           TEXT,
  source_kind    TEXT,
  source_id      TEXT,
  reverses       BLOB,
  -- Set where the entry was written as pending; see pending_resolution for what became of it.
  pending        INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1)),
  expires_at_ms  INTEGER,
  CHECK ((postings IS NULL) = (debit_account IS NOT NULL)),
  CHECK ((postings IS NULL) = (credit_account IS NOT NULL)),
  CHECK ((postings IS NULL) = (amount_minor IS NOT NULL))
) STRICT;

CREATE INDEX journal_entry_by_source ON journal_entry (source_kind, source_id) WHERE source_id IS NOT NULL;

-- The idempotency key of an entry is its id.
CREATE TABLE entry_key (
  id     BLOB PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which reasons occur in a batch, so that the journal can be read by reason.
CREATE TABLE batch_reason (
  reason       TEXT NOT NULL,
  first_number INTEGER NOT NULL,
  PRIMARY KEY (reason, first_number)
) STRICT, WITHOUT ROWID;

-- Postings by account. `run` is the entry's number / 8192: within a run rows stand by account and
-- date, so that a batch touches the few pages of the newest run and not one page an account.
-- `place` is the entry's number * 1024 + the posting's line within it.
CREATE TABLE account_history (
  run           INTEGER NOT NULL,
  account_id    INTEGER NOT NULL,
  effective_day INTEGER NOT NULL,
  place         INTEGER NOT NULL,
  amount_minor  INTEGER NOT NULL,
  PRIMARY KEY (run, account_id, effective_day, place)
) STRICT, WITHOUT ROWID;

-- Which entry reversed which; each at most once.
CREATE TABLE entry_reversal (
  reversed_number INTEGER PRIMARY KEY,
  number          INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE pending_resolution (
  number         INTEGER PRIMARY KEY,
  outcome        TEXT NOT NULL CHECK (outcome IN ('posted', 'voided', 'expired')),
  record         INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX pending_resolution_by_record ON pending_resolution (record);

-- What a batch of an import adds to an account on a date, so that publishing adds sums and not rows.
CREATE TABLE import_delta (
  import_id     INTEGER NOT NULL,
  first_number  INTEGER NOT NULL,
  account_id    INTEGER NOT NULL,
  effective_day INTEGER NOT NULL,
  debit_minor   INTEGER NOT NULL,
  credit_minor  INTEGER NOT NULL,
  PRIMARY KEY (import_id, first_number, account_id, effective_day)
) STRICT, WITHOUT ROWID;

-- An import counts from here on.
CREATE TABLE journal_publication (
  import_id      INTEGER PRIMARY KEY,
  record         INTEGER NOT NULL,
  entry_count    INTEGER NOT NULL,
  root           BLOB NOT NULL CHECK (length(root) = 32),
  recorded_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX journal_publication_by_record ON journal_publication (record);

CREATE TABLE closed_period (
  through_day    INTEGER PRIMARY KEY,
  record         INTEGER NOT NULL,
  recorded_at_ms INTEGER NOT NULL
) STRICT;

-- From here on: what follows from the journal and is kept for speed. `ledger.verify` compares it.

-- Posted and pending turnover of each account now.
CREATE TABLE account_balance (
  account_id           INTEGER PRIMARY KEY,
  debit_minor          INTEGER NOT NULL,
  credit_minor         INTEGER NOT NULL,
  pending_debit_minor  INTEGER NOT NULL,
  pending_credit_minor INTEGER NOT NULL
) STRICT;

-- Entries still pending, by the time they expire.
CREATE TABLE open_pending (
  number        INTEGER PRIMARY KEY,
  expires_at_ms INTEGER
) STRICT;

-- Imports that were staged and neither published nor discarded.
CREATE TABLE staged_import (
  import_id INTEGER PRIMARY KEY
) STRICT;

-- End-of-day balances: turnover of an account up to the end of a date, as known at a record. A day
-- without movement has no row; the one before it holds.
CREATE TABLE balance_snapshot (
  record        INTEGER NOT NULL,
  account_id    INTEGER NOT NULL,
  effective_day INTEGER NOT NULL,
  debit_minor   INTEGER NOT NULL,
  credit_minor  INTEGER NOT NULL,
  PRIMARY KEY (record, account_id, effective_day)
) STRICT, WITHOUT ROWID;

-- Snapshots that are complete.
CREATE TABLE snapshot_head (
  record      INTEGER PRIMARY KEY,
  -- The greatest number of an entry that was known then and did not come with an import.
  last_number INTEGER NOT NULL,
  -- The greatest number there was at all: how much has come since says when the next one is due.
  top_number  INTEGER NOT NULL,
  row_count   INTEGER NOT NULL
) STRICT;

-- One row a posting, whatever the entry's form.
CREATE VIEW posting (number, line, account_id, amount_minor) AS
  SELECT number, 0, debit_account, amount_minor FROM journal_entry WHERE postings IS NULL
  UNION ALL
  SELECT number, 1, credit_account, -amount_minor FROM journal_entry WHERE postings IS NULL
  UNION ALL
  SELECT e.number, p.key, p.value ->> 0, CAST(p.value ->> 1 AS INTEGER)
  FROM journal_entry e, json_each(e.postings) p WHERE e.postings IS NOT NULL;

CREATE VIEW staged_batch (first_number, last_number) AS
  SELECT b.first_number, b.first_number + b.entry_count - 1 FROM journal_batch b
  WHERE b.import_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM journal_publication p WHERE p.import_id = b.import_id);

CREATE TRIGGER account_no_update BEFORE UPDATE ON account
  BEGIN SELECT RAISE(ABORT, 'append-only: account'); END;
CREATE TRIGGER account_no_delete BEFORE DELETE ON account
  BEGIN SELECT RAISE(ABORT, 'append-only: account'); END;
CREATE TRIGGER account_terms_no_update BEFORE UPDATE ON account_terms
  BEGIN SELECT RAISE(ABORT, 'append-only: account_terms'); END;
CREATE TRIGGER account_terms_no_delete BEFORE DELETE ON account_terms
  BEGIN SELECT RAISE(ABORT, 'append-only: account_terms'); END;
CREATE TRIGGER journal_batch_no_update BEFORE UPDATE ON journal_batch
  BEGIN SELECT RAISE(ABORT, 'append-only: journal_batch'); END;
CREATE TRIGGER journal_leaves_no_update BEFORE UPDATE ON journal_leaves
  BEGIN SELECT RAISE(ABORT, 'append-only: journal_leaves'); END;
CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
  BEGIN SELECT RAISE(ABORT, 'append-only: journal_entry'); END;
CREATE TRIGGER entry_key_no_update BEFORE UPDATE ON entry_key
  BEGIN SELECT RAISE(ABORT, 'append-only: entry_key'); END;
CREATE TRIGGER batch_reason_no_update BEFORE UPDATE ON batch_reason
  BEGIN SELECT RAISE(ABORT, 'append-only: batch_reason'); END;
CREATE TRIGGER account_history_no_update BEFORE UPDATE ON account_history
  BEGIN SELECT RAISE(ABORT, 'append-only: account_history'); END;
CREATE TRIGGER entry_reversal_no_update BEFORE UPDATE ON entry_reversal
  BEGIN SELECT RAISE(ABORT, 'append-only: entry_reversal'); END;
CREATE TRIGGER pending_resolution_no_update BEFORE UPDATE ON pending_resolution
  BEGIN SELECT RAISE(ABORT, 'append-only: pending_resolution'); END;
CREATE TRIGGER pending_resolution_no_delete BEFORE DELETE ON pending_resolution
  BEGIN SELECT RAISE(ABORT, 'append-only: pending_resolution'); END;
CREATE TRIGGER import_delta_no_update BEFORE UPDATE ON import_delta
  BEGIN SELECT RAISE(ABORT, 'append-only: import_delta'); END;
CREATE TRIGGER journal_publication_no_update BEFORE UPDATE ON journal_publication
  BEGIN SELECT RAISE(ABORT, 'append-only: journal_publication'); END;
CREATE TRIGGER journal_publication_no_delete BEFORE DELETE ON journal_publication
  BEGIN SELECT RAISE(ABORT, 'append-only: journal_publication'); END;
CREATE TRIGGER closed_period_no_update BEFORE UPDATE ON closed_period
  BEGIN SELECT RAISE(ABORT, 'append-only: closed_period'); END;
CREATE TRIGGER closed_period_no_delete BEFORE DELETE ON closed_period
  BEGIN SELECT RAISE(ABORT, 'append-only: closed_period'); END;

-- Deletes are allowed where the row's number lies in a batch of an import that was not published.
CREATE TRIGGER journal_batch_no_delete BEFORE DELETE ON journal_batch
  WHEN OLD.import_id IS NULL
    OR EXISTS (SELECT 1 FROM journal_publication p WHERE p.import_id = OLD.import_id)
  BEGIN SELECT RAISE(ABORT, 'append-only: journal_batch'); END;
CREATE TRIGGER journal_leaves_no_delete BEFORE DELETE ON journal_leaves
  WHEN NOT EXISTS (SELECT 1 FROM staged_batch s WHERE s.first_number = OLD.first_number)
  BEGIN SELECT RAISE(ABORT, 'append-only: journal_leaves'); END;
CREATE TRIGGER batch_reason_no_delete BEFORE DELETE ON batch_reason
  WHEN NOT EXISTS (SELECT 1 FROM staged_batch s WHERE s.first_number = OLD.first_number)
  BEGIN SELECT RAISE(ABORT, 'append-only: batch_reason'); END;
CREATE TRIGGER import_delta_no_delete BEFORE DELETE ON import_delta
  WHEN NOT EXISTS (SELECT 1 FROM staged_batch s WHERE s.first_number = OLD.first_number)
  BEGIN SELECT RAISE(ABORT, 'append-only: import_delta'); END;
CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
  WHEN NOT EXISTS (SELECT 1 FROM staged_batch s WHERE s.last_number >= OLD.number AND s.first_number =
    (SELECT max(b.first_number) FROM journal_batch b WHERE b.first_number <= OLD.number))
  BEGIN SELECT RAISE(ABORT, 'append-only: journal_entry'); END;
CREATE TRIGGER entry_key_no_delete BEFORE DELETE ON entry_key
  WHEN NOT EXISTS (SELECT 1 FROM staged_batch s WHERE s.last_number >= OLD.number AND s.first_number =
    (SELECT max(b.first_number) FROM journal_batch b WHERE b.first_number <= OLD.number))
  BEGIN SELECT RAISE(ABORT, 'append-only: entry_key'); END;
CREATE TRIGGER account_history_no_delete BEFORE DELETE ON account_history
  WHEN NOT EXISTS (SELECT 1 FROM staged_batch s WHERE s.last_number >= OLD.place / 1024 AND s.first_number =
    (SELECT max(b.first_number) FROM journal_batch b WHERE b.first_number <= OLD.place / 1024))
  BEGIN SELECT RAISE(ABORT, 'append-only: account_history'); END;
CREATE TRIGGER entry_reversal_no_delete BEFORE DELETE ON entry_reversal
  WHEN NOT EXISTS (SELECT 1 FROM staged_batch s WHERE s.last_number >= OLD.number AND s.first_number =
    (SELECT max(b.first_number) FROM journal_batch b WHERE b.first_number <= OLD.number))
  BEGIN SELECT RAISE(ABORT, 'append-only: entry_reversal'); END;
