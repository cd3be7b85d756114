-- Customers and what they owe. Names, aliases, IBANs and references stand in sealed_value.

-- One imported list. Its rows count from the moment that `record` is set.
CREATE TABLE receivables_list (
  -- The id of the import.
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('customers', 'invoices')),
  -- The audit record of the import; NULL while that is under way.
  record INTEGER
) STRICT;

CREATE TABLE customer (
  id INTEGER PRIMARY KEY,
  customer_id TEXT NOT NULL UNIQUE,
  -- The list that brought the customer first.
  list_id INTEGER NOT NULL REFERENCES receivables_list (id)
) STRICT;
CREATE INDEX customer_by_list ON customer (list_id);

-- What a list said of a customer. The newest version of a list that counts is the one that holds.
CREATE TABLE customer_version (
  id INTEGER PRIMARY KEY,
  customer INTEGER NOT NULL REFERENCES customer (id),
  list_id INTEGER NOT NULL REFERENCES receivables_list (id),
  country TEXT,
  -- Canonical JSON {name, ibans, aliases}.
  sealed_id INTEGER NOT NULL
) STRICT;
CREATE INDEX customer_version_by_customer ON customer_version (customer, id);
CREATE INDEX customer_version_by_list ON customer_version (list_id);

-- One sealed value for each IBAN, with its blind-index tag beside it.
CREATE TABLE customer_iban (
  sealed_id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES customer_version (id)
) STRICT;
CREATE INDEX customer_iban_by_version ON customer_iban (version_id);

CREATE TABLE open_item (
  id INTEGER PRIMARY KEY,
  invoice_number TEXT NOT NULL UNIQUE,
  customer INTEGER NOT NULL REFERENCES customer (id),
  list_id INTEGER NOT NULL REFERENCES receivables_list (id),
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
  issued_on TEXT NOT NULL,
  due_on TEXT NOT NULL,
  currency TEXT NOT NULL,
  -- Positive for both kinds.
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  -- What remains: amount less the settlements. A cache of their sum, and the only column that changes.
  open_minor INTEGER NOT NULL CHECK (open_minor BETWEEN 0 AND amount_minor),
  discount_ppm INTEGER,
  discount_until TEXT,
  -- The structured reference; NULL where the invoice has none.
  sealed_id INTEGER,
  entry_id BLOB NOT NULL
) STRICT;
CREATE INDEX open_item_by_customer ON open_item (customer, id);
CREATE INDEX open_item_by_list ON open_item (list_id);
CREATE INDEX open_item_by_due ON open_item (due_on);
-- Holds all that ageing sums, so that it reads no row.
CREATE INDEX open_item_by_age ON open_item (due_on, currency, kind, list_id, open_minor) WHERE open_minor > 0;

-- Items of which something was settled: the few that filters by state look for.
CREATE INDEX open_item_settled ON open_item (due_on, open_minor, amount_minor) WHERE open_minor < amount_minor;

-- Each step of settling an item, positive, or of taking a settlement back, negative.
CREATE TABLE settlement (
  id INTEGER PRIMARY KEY,
  open_item_id INTEGER NOT NULL REFERENCES open_item (id),
  match_id TEXT NOT NULL,
  delta_minor INTEGER NOT NULL CHECK (delta_minor <> 0)
) STRICT;
CREATE INDEX settlement_by_item ON settlement (open_item_id);

CREATE TRIGGER receivables_list_update BEFORE UPDATE ON receivables_list WHEN OLD.record IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'receivables_list rows are not edited'); END;
CREATE TRIGGER receivables_list_delete BEFORE DELETE ON receivables_list WHEN OLD.record IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'receivables_list rows are not deleted'); END;
CREATE TRIGGER customer_update BEFORE UPDATE ON customer
  BEGIN SELECT RAISE(ABORT, 'customer rows are not edited'); END;
CREATE TRIGGER customer_delete BEFORE DELETE ON customer
  WHEN (SELECT record FROM receivables_list WHERE id = OLD.list_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'customer rows are not deleted'); END;
CREATE TRIGGER customer_version_update BEFORE UPDATE ON customer_version
  BEGIN SELECT RAISE(ABORT, 'customer_version rows are not edited'); END;
CREATE TRIGGER customer_version_delete BEFORE DELETE ON customer_version
  WHEN (SELECT record FROM receivables_list WHERE id = OLD.list_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'customer_version rows are not deleted'); END;
CREATE TRIGGER open_item_update BEFORE UPDATE OF
  id, invoice_number, customer, list_id, kind, issued_on, due_on, currency, amount_minor, discount_ppm,
  discount_until, sealed_id, entry_id ON open_item
  BEGIN SELECT RAISE(ABORT, 'open_item rows are not edited'); END;
CREATE TRIGGER open_item_delete BEFORE DELETE ON open_item
  WHEN (SELECT record FROM receivables_list WHERE id = OLD.list_id) IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'open_item rows are not deleted'); END;
CREATE TRIGGER settlement_update BEFORE UPDATE ON settlement
  BEGIN SELECT RAISE(ABORT, 'settlement rows are not edited'); END;
CREATE TRIGGER settlement_delete BEFORE DELETE ON settlement
  BEGIN SELECT RAISE(ABORT, 'settlement rows are not deleted'); END;
