/** What every query over bank transactions reads, and of which of them: those of statements that count. */
export const TRANSACTION_COLUMNS = `t.id, t.statement_id AS statementId, t.booking_date AS bookingDate,
  t.value_date AS valueDate, t.amount_minor AS amountMinor, t.status, t.reversal,
  t.byte_start AS byteStart, t.byte_end AS byteEnd, t.entry_id AS entryId, t.sealed_id AS sealedId,
  s.bank_account_id AS bankAccountId, a.ledger_account_id AS ledgerAccountId, a.currency,
  s.import_id AS importId, s.type, s.informs`;

export const TRANSACTION_SOURCE = `bank_transaction t
  JOIN statement s ON s.id = t.statement_id AND s.record IS NOT NULL
  JOIN bank_account a ON a.id = s.bank_account_id`;
