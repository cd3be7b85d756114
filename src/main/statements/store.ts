/** The tables of the room: every line of SQL it speaks. Rows come and go as plain values. */
import type { IsoDate } from '../base/index.ts';
import { type Connection, prepareInsert } from '../vault/index.ts';
import { FEED_FROM } from './feed-ids.ts';
import type {
  BankAccountRow,
  BreakRecord,
  CashDay,
  DaySum,
  StatementEnding,
  StatementRecord,
  TransactionCursor,
  TransactionFilter,
  TransactionWithStatement,
} from './rows.ts';
import { TRANSACTION_COLUMNS, TRANSACTION_SOURCE } from './store-columns.ts';
import { feedQueries } from './store-feed.ts';

/** What a column may be given. Numbers must be whole. */
export type SqlValue = bigint | number | string | Buffer | null;

/** Columns of a bank transaction. */
const TRANSACTION_WIDTH = 11;

const STATEMENT_COLUMNS = `s.id, s.import_id AS importId, s.ledger_unit AS ledgerUnit,
  s.bank_account_id AS bankAccountId, s.place, s.type, s.informs, s.sealed_id AS sealedId,
  s.sequence_number AS sequenceNumber, s.page, s.opening_minor AS openingMinor,
  s.opening_date AS openingDate, s.closing_minor AS closingMinor, s.closing_date AS closingDate,
  s.first_date AS firstDate, s.last_date AS lastDate, s.booked_minor AS bookedMinor,
  s.booked_count AS bookedCount, s.transaction_count AS transactionCount,
  s.first_transaction_id AS firstTransactionId, s.last_transaction_id AS lastTransactionId,
  s.identity, s.record`;

const ACCOUNT_COLUMNS =
  'id, ordinal, currency, ledger_account_id AS ledgerAccountId, sealed_id AS sealedId, record';

const BREAK_COLUMNS = `b.id, b.statement_id AS statementId, b.bank_account_id AS bankAccountId, b.kind,
  b.effective_date AS effectiveDate, b.amount_minor AS amountMinor, b.entry_id AS entryId, b.record`;

const NOT_CLOSED = 'NOT EXISTS (SELECT 1 FROM statement_break_closure c WHERE c.break_id = b.id)';

export type StatementsStore = ReturnType<typeof createStatementsStore>;

/** Prepares the statements of the room on the engine's connection. */
export function createStatementsStore(db: Connection) {
  return {
    ...accountQueries(db),
    ...statementQueries(db),
    ...transactionQueries(db),
    ...feedQueries(db),
    ...breakQueries(db),
  };
}

function accountQueries(db: Connection) {
  const bySealed = db.prepare<[string], BankAccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM bank_account
     WHERE sealed_id IN (SELECT value FROM json_each(?)) ORDER BY id`,
  );
  const all = db.prepare<[], BankAccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM bank_account WHERE record IS NOT NULL ORDER BY ordinal`,
  );
  const byId = db.prepare<[bigint], BankAccountRow>(
    `SELECT ${ACCOUNT_COLUMNS} FROM bank_account WHERE id = ?`,
  );
  const unnamed = db.prepare<[], { id: bigint }>(
    'SELECT ledger_account_id AS id FROM bank_account WHERE record IS NULL',
  );
  const last = db.prepare<[], { id: bigint; ordinal: bigint }>(
    'SELECT coalesce(max(id), 0) AS id, coalesce(max(ordinal), 0) AS ordinal FROM bank_account',
  );
  const insert = db.prepare(
    `INSERT INTO bank_account (id, ordinal, currency, ledger_account_id, sealed_id, record)
     VALUES (?, ?, ?, ?, ?, NULL)`,
  );
  const publish = db.prepare('UPDATE bank_account SET record = ? WHERE id = ? AND record IS NULL');
  return {
    bankAccountsBySealed: (sealedIds: readonly bigint[]) => bySealed.all(`[${sealedIds.join(',')}]`),
    bankAccounts: () => all.all(),
    bankAccount: (id: bigint) => byId.get(id),
    /** Ledger accounts of own accounts that no file that counts has named. */
    unnamedLedgerAccounts: () => unnamed.all().map(({ id }) => id),
    lastBankAccount: () => last.get()!,
    insertBankAccount: (row: Omit<BankAccountRow, 'record'>) => {
      insert.run(row.id, row.ordinal, row.currency, row.ledgerAccountId, row.sealedId);
    },
    publishBankAccount: (id: bigint, record: bigint) => {
      publish.run(record, id);
    },
  };
}

function statementQueries(db: Connection) {
  const lastIds = db.prepare<[], { statementId: bigint; transactionId: bigint }>(
    `SELECT (SELECT coalesce(max(id), 0) FROM statement WHERE id < ${FEED_FROM}) AS statementId,
            (SELECT coalesce(max(id), 0) FROM bank_transaction WHERE id < ${FEED_FROM}) AS transactionId`,
  );
  const insert = db.prepare(
    `INSERT INTO statement (id, import_id, ledger_unit, bank_account_id, place, type, informs, sealed_id,
       sequence_number, page, first_transaction_id, last_transaction_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const complete = db.prepare(
    `UPDATE statement SET opening_minor = ?, opening_date = ?, closing_minor = ?,
       closing_date = ?, first_date = ?, last_date = ?, booked_minor = ?, booked_count = ?,
       transaction_count = ?, first_transaction_id = ?, last_transaction_id = ?, identity = ? WHERE id = ?`,
  );
  const insertDay = db.prepare('INSERT INTO statement_day VALUES (?, ?, ?, ?, ?, ?)');
  const byIdentity = db.prepare<[Buffer], { id: bigint }>(
    'SELECT id FROM statement WHERE identity = ? AND record IS NOT NULL',
  );
  const ofAccount = db.prepare<[bigint, bigint], StatementRecord>(
    `SELECT ${STATEMENT_COLUMNS} FROM statement s
     WHERE s.bank_account_id = ? AND s.informs = 0 AND s.identity IS NOT NULL
       AND (s.record IS NOT NULL OR s.import_id = ?)`,
  );
  const byId = db.prepare<[bigint], StatementRecord>(
    `SELECT ${STATEMENT_COLUMNS} FROM statement s WHERE s.id = ? AND s.record IS NOT NULL`,
  );
  const page = db.prepare<{ account: bigint | null; before: bigint | null; limit: bigint }, StatementRecord>(
    `SELECT ${STATEMENT_COLUMNS} FROM statement s
     WHERE s.record IS NOT NULL AND (:account IS NULL OR s.bank_account_id = :account)
       AND (:before IS NULL OR s.id < :before)
     ORDER BY s.id DESC LIMIT :limit`,
  );
  const count = db.prepare<{ account: bigint | null }, { count: bigint }>(
    `SELECT count(*) AS count FROM statement
     WHERE record IS NOT NULL AND (:account IS NULL OR bank_account_id = :account)`,
  );
  const publish = db.prepare('UPDATE statement SET record = ? WHERE import_id = ? AND record IS NULL');
  const unpublished = db.prepare<[bigint], StatementRecord>(
    `SELECT ${STATEMENT_COLUMNS} FROM statement s WHERE s.import_id = ? AND s.record IS NULL`,
  );
  const deleteDays = db.prepare('DELETE FROM statement_day WHERE statement_id = ?');
  const remove = db
    .prepare<[bigint], bigint>('DELETE FROM statement WHERE id = ? RETURNING sealed_id')
    .pluck();
  const daysOfAccount = db.prepare<[bigint, bigint], DaySum>(
    `SELECT d.statement_id AS statementId, d.booking_date AS bookingDate, d.credit_minor AS creditMinor,
       d.debit_minor AS debitMinor, d.booked_count AS bookedCount, d.lines_sum AS linesSum
     FROM statement s JOIN statement_day d ON d.statement_id = s.id
     WHERE s.bank_account_id = ? AND s.informs = 0 AND (s.record IS NOT NULL OR s.import_id = ?)
     ORDER BY d.booking_date`,
  );
  const cashByDay = db.prepare<[], CashDay>(
    `SELECT a.currency, d.booking_date AS bookingDate, sum(d.credit_minor) AS creditMinor,
       sum(d.debit_minor) AS debitMinor, sum(d.booked_count) AS bookedCount
     FROM statement_day d JOIN statement s ON s.id = d.statement_id AND s.record IS NOT NULL AND s.informs = 0
       JOIN bank_account a ON a.id = s.bank_account_id
     GROUP BY a.currency, d.booking_date ORDER BY d.booking_date, a.currency`,
  );
  return {
    lastIds: () => lastIds.get()!,
    insertStatement: (
      row: Pick<
        StatementRecord,
        | 'id'
        | 'importId'
        | 'ledgerUnit'
        | 'bankAccountId'
        | 'place'
        | 'type'
        | 'informs'
        | 'sealedId'
        | 'sequenceNumber'
        | 'page'
        | 'firstTransactionId'
        | 'lastTransactionId'
      >,
    ) => {
      insert.run(
        row.id,
        row.importId,
        row.ledgerUnit,
        row.bankAccountId,
        row.place,
        row.type,
        row.informs,
        row.sealedId,
        row.sequenceNumber,
        row.page,
        row.firstTransactionId,
        row.lastTransactionId,
      );
    },
    completeStatement: (row: StatementEnding) => {
      complete.run(
        row.openingMinor,
        row.openingDate,
        row.closingMinor,
        row.closingDate,
        row.firstDate,
        row.lastDate,
        row.bookedMinor,
        row.bookedCount,
        row.transactionCount,
        row.firstTransactionId,
        row.lastTransactionId,
        row.identity,
        row.id,
      );
    },
    insertDay: (day: DaySum) => {
      insertDay.run(
        day.statementId,
        day.bookingDate,
        day.creditMinor,
        day.debitMinor,
        day.bookedCount,
        day.linesSum,
      );
    },
    statementByIdentity: (identity: Buffer) => byIdentity.get(identity)?.id,
    /** The statements that count in an account's sequence, and those of one import under way. */
    statementsOfAccount: (bankAccountId: bigint, importId = -1n) => ofAccount.all(bankAccountId, importId),
    daysOfAccount: (bankAccountId: bigint, importId = -1n) => daysOfAccount.all(bankAccountId, importId),
    statement: (id: bigint) => byId.get(id),
    statementPage: (account: bigint | null, before: bigint | null, limit: number) =>
      page.all({ account, before, limit: BigInt(limit) }),
    statementCount: (account: bigint | null) => count.get({ account })!.count,
    publishStatements: (importId: bigint, record: bigint) => publish.run(record, importId).changes,
    unpublishedStatements: (importId: bigint) => unpublished.all(importId),
    /** Answers the id of its sealed header, which has no place any more. */
    deleteStatement: (id: bigint) => {
      deleteDays.run(id);
      return remove.get(id);
    },
    cashByDay: () => cashByDay.all(),
  };
}

function transactionQueries(db: Connection) {
  const insertRows = prepareInsert(
    db,
    'bank_transaction',
    `(${Array(TRANSACTION_WIDTH).fill('?').join(',')})`,
  );
  const byId = db.prepare<[bigint], TransactionWithStatement>(
    `SELECT ${TRANSACTION_COLUMNS} FROM ${TRANSACTION_SOURCE} WHERE t.id = ?`,
  );
  const byIds = db.prepare<[string], TransactionWithStatement>(
    `SELECT ${TRANSACTION_COLUMNS} FROM ${TRANSACTION_SOURCE} WHERE t.id IN (SELECT value FROM json_each(?))`,
  );
  const bookedAfter = db.prepare<[bigint, bigint], TransactionWithStatement>(
    `SELECT ${TRANSACTION_COLUMNS} FROM ${TRANSACTION_SOURCE}
     WHERE t.id > ? AND s.informs = 0 AND t.status = 'booked' ORDER BY t.id LIMIT ?`,
  );
  const ofStatement = db.prepare<
    { statement: bigint; after: bigint; limit: bigint },
    TransactionWithStatement
  >(
    `SELECT ${TRANSACTION_COLUMNS} FROM ${TRANSACTION_SOURCE}
     WHERE s.id = :statement AND t.id > :after
       AND t.id BETWEEN s.first_transaction_id AND s.last_transaction_id ORDER BY t.id LIMIT :limit`,
  );
  const recent = db.prepare<
    {
      account: bigint | null;
      from: string;
      to: string;
      beforeDate: string;
      beforeId: bigint;
      limit: bigint;
    },
    TransactionWithStatement
  >(
    `SELECT ${TRANSACTION_COLUMNS} FROM ${TRANSACTION_SOURCE}
     WHERE t.booking_date BETWEEN :from AND :to AND (t.booking_date, t.id) < (:beforeDate, :beforeId)
       AND t.status = 'booked' AND s.informs = 0 AND (:account IS NULL OR s.bank_account_id = :account)
     ORDER BY t.booking_date DESC, t.id DESC LIMIT :limit`,
  );
  const counts = db.prepare<{ account: bigint | null; date: string | null }, { count: bigint | null }>(
    `SELECT sum(d.booked_count) AS count FROM statement s JOIN statement_day d ON d.statement_id = s.id
     WHERE s.record IS NOT NULL AND s.informs = 0 AND (:account IS NULL OR s.bank_account_id = :account)
       AND (:date IS NULL OR d.booking_date = :date)`,
  );
  const staged = db.prepare<[bigint, bigint], { id: bigint; sealedId: bigint }>(
    `SELECT id, sealed_id AS sealedId FROM bank_transaction
     WHERE id >= ? AND statement_id = ? ORDER BY id LIMIT 1000`,
  );
  const remove = db.prepare('DELETE FROM bank_transaction WHERE id BETWEEN ? AND ? AND statement_id = ?');
  return {
    /** Inserts rows whose columns lie one after the other, in the order of the table. */
    insertTransactions: (flat: readonly SqlValue[]) => insertRows(flat),
    transaction: (id: bigint) => byId.get(id),
    transactionsByIds: (ids: readonly bigint[]) => byIds.all(`[${ids.join(',')}]`),
    bookedAfter: (id: bigint, limit: number) => bookedAfter.all(id, BigInt(limit)),
    transactionsOfStatement: (statement: bigint, after: bigint, limit: number) =>
      ofStatement.all({ statement, after, limit: BigInt(limit) }),
    /** Booked transactions, newest first. */
    recentTransactions: (filter: TransactionFilter, before: TransactionCursor | null, limit: number) =>
      recent.all({
        account: filter.bankAccountId ?? null,
        from: filter.bookingDate ?? '',
        to: filter.bookingDate ?? '9999-99-99',
        beforeDate: before?.bookingDate ?? '9999-99-99',
        beforeId: before?.id ?? 0n,
        limit: BigInt(limit),
      }),
    bookedCount: (filter: TransactionFilter) =>
      counts.get({ account: filter.bankAccountId ?? null, date: filter.bookingDate ?? null })!.count ?? 0n,
    /** Up to a thousand transactions of a statement that does not count yet. */
    stagedTransactions: (statementId: bigint, fromId: bigint) => staged.all(fromId, statementId),
    deleteTransactions: (statementId: bigint, fromId: bigint, toId: bigint) => {
      remove.run(fromId, toId, statementId);
    },
  };
}

function breakQueries(db: Connection) {
  const standing = db.prepare<[bigint], BreakRecord>(
    `SELECT ${BREAK_COLUMNS} FROM statement_break b WHERE b.bank_account_id = ? AND ${NOT_CLOSED} ORDER BY b.id`,
  );
  const standingAll = db.prepare<[], BreakRecord>(
    `SELECT ${BREAK_COLUMNS} FROM statement_break b WHERE ${NOT_CLOSED} ORDER BY b.id`,
  );
  const ofStatement = db.prepare<[bigint], BreakRecord>(
    `SELECT ${BREAK_COLUMNS} FROM statement_break b WHERE b.statement_id = ? AND ${NOT_CLOSED} ORDER BY b.id`,
  );
  // Each movement of Bank by a break: its entry, and the reversal of its entry.
  const movements = db.prepare<[bigint, bigint], { date: IsoDate; amountMinor: bigint }>(
    `SELECT effective_date AS date, amount_minor AS amountMinor FROM statement_break WHERE bank_account_id = ?
     UNION ALL
     SELECT c.effective_date, -b.amount_minor FROM statement_break_closure c
       JOIN statement_break b ON b.id = c.break_id WHERE b.bank_account_id = ?`,
  );
  const closed = db.prepare<[bigint, bigint], { date: IsoDate; amountMinor: bigint }>(
    `SELECT b.effective_date AS date, b.amount_minor AS amountMinor FROM statement_break_closure c
       JOIN statement_break b ON b.id = c.break_id WHERE b.bank_account_id = ?
     UNION ALL
     SELECT c.effective_date, -b.amount_minor FROM statement_break_closure c
       JOIN statement_break b ON b.id = c.break_id WHERE b.bank_account_id = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO statement_break (statement_id, bank_account_id, kind, effective_date, amount_minor, entry_id,
       record) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const close = db.prepare('INSERT INTO statement_break_closure VALUES (?, ?, ?, ?)');
  return {
    standingBreaks: (bankAccountId: bigint) => standing.all(bankAccountId),
    allStandingBreaks: () => standingAll.all(),
    breaksOfStatement: (statementId: bigint) => ofStatement.all(statementId),
    breakMovements: (bankAccountId: bigint) => movements.all(bankAccountId, bankAccountId),
    /** Of these, the ones that a reversal took back, with their reversals. */
    closedMovements: (bankAccountId: bigint) => closed.all(bankAccountId, bankAccountId),
    insertBreak: (row: Omit<BreakRecord, 'id'>) => {
      insert.run(
        row.statementId,
        row.bankAccountId,
        row.kind,
        row.effectiveDate,
        row.amountMinor,
        row.entryId,
        row.record,
      );
    },
    closeBreak: (breakId: bigint, effectiveDate: IsoDate, entryId: Buffer, record: bigint) => {
      close.run(breakId, effectiveDate, entryId, record);
    },
  };
}
