-- What the engine learns of payers follows from the decisions of people that stand, and is kept nowhere
-- else. Kept is only what people had it forget: that decision teaches it no more.
CREATE TABLE learned_forgotten (
  match_id INTEGER NOT NULL REFERENCES match (id),
  what TEXT NOT NULL CHECK (what IN ('name', 'account', 'late-discount', 'charges')),
  actor TEXT NOT NULL,
  forgotten_at_ms INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (match_id, what)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER learned_forgotten_update BEFORE UPDATE ON learned_forgotten
  BEGIN SELECT RAISE(ABORT, 'learned_forgotten rows are not edited'); END;
CREATE TRIGGER learned_forgotten_delete BEFORE DELETE ON learned_forgotten
  BEGIN SELECT RAISE(ABORT, 'learned_forgotten rows are not deleted'); END;

-- The few matches among all that teach.
CREATE INDEX match_by_person ON match (id) WHERE decided_by = 'person';
-- Transactions that rest on what was learned.
CREATE INDEX match_state_learned ON match_state (bank_transaction_id) WHERE instr(evidence, '"learned-') > 0;
