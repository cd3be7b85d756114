-- A person took back that a statement's line is a payment.

-- Pairs of which a person said that they are not one: the machine does not join them, a person may.
CREATE TABLE instant_parted (
  payment_id INTEGER NOT NULL,
  line_id INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (payment_id, line_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER instant_parted_update BEFORE UPDATE ON instant_parted
  BEGIN SELECT RAISE(ABORT, 'instant_parted rows are not edited'); END;
CREATE TRIGGER instant_parted_delete BEFORE DELETE ON instant_parted
  BEGIN SELECT RAISE(ABORT, 'instant_parted rows are not deleted'); END;
