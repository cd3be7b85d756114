-- Sums over the payments that wait for their statement, kept as they change: a treasury desk asks for them
-- each second, while a busy day brings hundreds of thousands of payments. They say nothing that the
-- payments do not say.
CREATE TABLE instant_sum (
  bank_account_id INTEGER NOT NULL,
  -- When a statement should have confirmed them.
  due_at_ms INTEGER NOT NULL,
  -- What stands in In-transit of payments and of their returns, signed.
  transit_minor INTEGER NOT NULL,
  -- What stands nowhere yet, because nothing explains it; signed.
  waiting_minor INTEGER NOT NULL,
  -- Payments that stand in the queue by themselves.
  open_count INTEGER NOT NULL,
  PRIMARY KEY (bank_account_id, due_at_ms)
) STRICT, WITHOUT ROWID;

-- The same sums, read from the payments: what the kept ones are checked against.
CREATE VIEW instant_sum_read (bank_account_id, due_at_ms, transit_minor, waiting_minor, open_count) AS
  SELECT bank_account_id, due_at_ms, sum(transit_minor), sum(waiting_minor), sum(open_count) FROM (
    SELECT bank_account_id, due_at_ms, transit_minor,
      iif(line_id IS NULL AND transit_minor = 0 AND rejected = 0,
        money_minor - sign(money_minor) * returned_minor, 0) AS waiting_minor,
      line_id IS NULL AND rejected = 0 AND returned_minor < abs(money_minor) AS open_count
    FROM instant_payment
    UNION ALL
    SELECT p.bank_account_id, n.due_at_ms, n.transit_minor, 0, 0
    FROM instant_notice n JOIN instant_payment p ON p.id = n.payment_id WHERE n.transit_minor <> 0)
  GROUP BY bank_account_id, due_at_ms;

INSERT INTO instant_sum SELECT * FROM instant_sum_read;

-- Counted from the sums now.
DROP INDEX instant_payment_open;

CREATE TRIGGER instant_payment_summed AFTER INSERT ON instant_payment BEGIN
  INSERT INTO instant_sum VALUES (NEW.bank_account_id, NEW.due_at_ms, NEW.transit_minor,
    iif(NEW.line_id IS NULL AND NEW.transit_minor = 0 AND NEW.rejected = 0,
      NEW.money_minor - sign(NEW.money_minor) * NEW.returned_minor, 0),
    NEW.line_id IS NULL AND NEW.rejected = 0 AND NEW.returned_minor < abs(NEW.money_minor))
  ON CONFLICT DO UPDATE SET transit_minor = transit_minor + excluded.transit_minor,
    waiting_minor = waiting_minor + excluded.waiting_minor, open_count = open_count + excluded.open_count;
END;

CREATE TRIGGER instant_payment_summed_anew
AFTER UPDATE OF transit_minor, line_id, rejected, returned_minor ON instant_payment BEGIN
  UPDATE instant_sum SET
    transit_minor = transit_minor + NEW.transit_minor - OLD.transit_minor,
    waiting_minor = waiting_minor
      + iif(NEW.line_id IS NULL AND NEW.transit_minor = 0 AND NEW.rejected = 0,
          NEW.money_minor - sign(NEW.money_minor) * NEW.returned_minor, 0)
      - iif(OLD.line_id IS NULL AND OLD.transit_minor = 0 AND OLD.rejected = 0,
          OLD.money_minor - sign(OLD.money_minor) * OLD.returned_minor, 0),
    open_count = open_count
      + (NEW.line_id IS NULL AND NEW.rejected = 0 AND NEW.returned_minor < abs(NEW.money_minor))
      - (OLD.line_id IS NULL AND OLD.rejected = 0 AND OLD.returned_minor < abs(OLD.money_minor))
  WHERE bank_account_id = NEW.bank_account_id AND due_at_ms = NEW.due_at_ms;
END;

-- A payment's deadline never changes; a return gets its own when its payment is known.
CREATE TRIGGER instant_payment_due BEFORE UPDATE OF due_at_ms ON instant_payment
  WHEN NEW.due_at_ms IS NOT OLD.due_at_ms
  BEGIN SELECT RAISE(ABORT, 'the deadline of an instant payment is not edited'); END;

CREATE TRIGGER instant_notice_summed AFTER UPDATE OF transit_minor, payment_id, due_at_ms ON instant_notice
  WHEN OLD.transit_minor <> 0 OR NEW.transit_minor <> 0 BEGIN
  UPDATE instant_sum SET transit_minor = transit_minor - OLD.transit_minor
    WHERE due_at_ms = OLD.due_at_ms
      AND bank_account_id = (SELECT bank_account_id FROM instant_payment WHERE id = OLD.payment_id);
  INSERT INTO instant_sum SELECT bank_account_id, NEW.due_at_ms, NEW.transit_minor, 0, 0
    FROM instant_payment WHERE id = NEW.payment_id AND NEW.due_at_ms IS NOT NULL
  ON CONFLICT DO UPDATE SET transit_minor = transit_minor + excluded.transit_minor;
END;
