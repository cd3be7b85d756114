-- How money settles open items of another currency: which part of it they use, and at which rate. The
-- amounts of the allocations are of the items' currency, those here of the transaction's.
CREATE TABLE match_exchange (
  match_id INTEGER PRIMARY KEY REFERENCES match (id),
  -- The items' currency.
  currency TEXT NOT NULL,
  -- Money of the transaction that the items use, signed like it.
  money_minor INTEGER NOT NULL CHECK (money_minor <> 0),
  -- What banks took of the transaction's currency before the money came, unsigned.
  charges_minor INTEGER NOT NULL CHECK (charges_minor >= 0),
  -- One unit of unit_currency is rate of the other currency; a decimal as text.
  rate TEXT NOT NULL,
  unit_currency TEXT NOT NULL,
  rate_from TEXT NOT NULL CHECK (rate_from IN ('entry', 'amounts', 'person'))
) STRICT;

-- The same of what the machine proposes at present.
CREATE TABLE suggestion_exchange (
  suggestion_id INTEGER PRIMARY KEY REFERENCES suggestion (id) ON DELETE CASCADE,
  currency TEXT NOT NULL,
  money_minor INTEGER NOT NULL CHECK (money_minor <> 0),
  charges_minor INTEGER NOT NULL CHECK (charges_minor >= 0),
  rate TEXT NOT NULL,
  unit_currency TEXT NOT NULL,
  rate_from TEXT NOT NULL CHECK (rate_from IN ('entry', 'amounts', 'person'))
) STRICT;

CREATE TRIGGER match_exchange_update BEFORE UPDATE ON match_exchange
  BEGIN SELECT RAISE(ABORT, 'match_exchange rows are not edited'); END;
CREATE TRIGGER match_exchange_delete BEFORE DELETE ON match_exchange
  BEGIN SELECT RAISE(ABORT, 'match_exchange rows are not deleted'); END;
