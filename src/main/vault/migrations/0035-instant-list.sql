-- The list of instant payments, as people page through it: by where a payment stands and when it came, and by
-- the message that told of it.

ALTER TABLE instant_payment ADD COLUMN state TEXT GENERATED ALWAYS AS (
  CASE
    WHEN rejected = 1 THEN 'rejected'
    WHEN returned_minor >= abs(money_minor) THEN 'returned'
    WHEN recalled = 1 AND line_id IS NULL THEN 'recalled'
    WHEN line_id IS NOT NULL THEN 'cleared'
    WHEN overdue_at_ms IS NOT NULL THEN 'overdue'
    WHEN transit_minor <> 0 THEN 'pre-posted'
    ELSE 'waiting'
  END) VIRTUAL;
CREATE INDEX instant_payment_by_time ON instant_payment (received_at_ms);
CREATE INDEX instant_payment_by_state ON instant_payment (state, received_at_ms);
CREATE INDEX instant_payment_by_message ON instant_payment (message_id);
CREATE INDEX instant_part_by_message ON instant_part (message_id);
CREATE INDEX instant_notice_by_message ON instant_notice (message_id) WHERE payment_id IS NOT NULL;
