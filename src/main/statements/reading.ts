/** What the screens and other desks read: accounts, statements, transactions, breaks. */
import type { z } from 'zod';
import type {
  bankAccount,
  MatchStatus,
  StatementRow,
  TransactionDetail,
  TransactionRow,
} from '../../contract/statements.ts';
import { CountersignError, type IsoDate, idToText } from '../base/index.ts';
import { type Party, readContent, type TransactionContent } from '../messages/index.ts';
import { type SealedRef, textUnlessErased, unlessErased } from '../sealing/index.ts';
import { openAccount } from './accounts.ts';
import type { StatementsContext } from './context.ts';
import { FEED_TYPE } from './feed-ids.ts';
import type { StatementRecord, TransactionCursor, TransactionWithStatement } from './rows.ts';
import { counterpartyName, remittanceText } from './shown-content.ts';
import type { CashMovement, OpenBreak, TransactionForMatching } from './values.ts';
import { compareNewestClosing } from './verify.ts';

export interface Page<T> {
  readonly rows: T[];
  readonly nextCursor: string | null;
  readonly total: number | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface TransactionQuery extends PageRequest {
  readonly statementId?: string | undefined;
  readonly bankAccountId?: string | undefined;
  readonly bookingDate?: string | undefined;
}

export interface MatchingQuery {
  /** Only transactions with a greater id. */
  readonly afterId?: bigint;
  readonly limit?: number;
}

export interface Reading {
  bankAccounts(): z.infer<typeof bankAccount>[];
  list(request: PageRequest & { readonly bankAccountId?: string | undefined }): Page<StatementRow>;
  /** Errors: STATEMENT_UNKNOWN. */
  get(id: string): StatementRow;
  /** Of a statement all transactions in their order; else the booked ones, newest first. */
  transactions(query: TransactionQuery): Page<TransactionRow>;
  /** Rows of these ids, in their order; ids that are not known are left out. */
  transactionRows(ids: readonly bigint[]): TransactionRow[];
  /** Errors: TRANSACTION_UNKNOWN. */
  transaction(id: string): TransactionDetail;
  /** Booked transactions of statements that count, opened, in ascending ids. Reads a few hundred at a time. */
  transactionsForMatching(query?: MatchingQuery): Generator<TransactionForMatching, void, void>;
  /** Payments that single messages told of, in ascending ids, which lie above those of booked lines; some of them or all. */
  feedPayments(afterId?: bigint, limit?: number): Generator<TransactionForMatching, void, void>;
  /** The greatest id of a line that counts. */
  lastPublishedLine(): bigint;
  /** Booked lines of an own account that moved exactly this much (signed) between two dates. */
  bookedOfAmount(
    accountId: bigint,
    signedMinor: bigint,
    from: IsoDate,
    to: IsoDate,
    limit: number,
  ): TransactionForMatching[];
  /** Errors: TRANSACTION_UNKNOWN. */
  transactionForMatching(id: bigint): TransactionForMatching;
  /** How many booked transactions count. */
  bookedTransactionCount(): number;
  cashByDay(): CashMovement[];
  openBreaks(): OpenBreak[];
}

const CHUNK_ROWS = 500;

/** An id of the contract as the integer it is; `undefined` where it is none. */
export function parseId(text: string): bigint | undefined {
  return /^\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}

const ERASED_CONTENT: TransactionContent = {
  index: 0,
  entryIndex: 0,
  remittance: { unstructured: [], structured: [] },
  line: 0,
  path: '',
};

type ContentRow = Pick<TransactionWithStatement, 'id' | 'sealedId'>;

const contentAt = ({ id, sealedId }: ContentRow): SealedRef => ({
  id: sealedId,
  table: 'bank_transaction',
  column: 'content',
  applicationId: id.toString(),
});

type Sealed = Pick<StatementsContext, 'sealing'>;

export function contentOf({ sealing }: Sealed, row: ContentRow): TransactionContent {
  return unlessErased(() => readContent(sealing.openText(contentAt(row)))) ?? ERASED_CONTENT;
}

/** The contents of many rows at once, in their order. */
function contentsOf({ sealing }: Sealed, rows: readonly ContentRow[]): TransactionContent[] {
  return sealing.openMany(rows.map(contentAt)).map((opened) => {
    const text = textUnlessErased(opened);
    return text === null ? ERASED_CONTENT : readContent(text);
  });
}

export function createReading(context: StatementsContext): Reading {
  const { store, sealing, ledger, files, matchStatus } = context;

  function numberOf(bankAccountId: bigint): string {
    const row = store.bankAccount(bankAccountId)!;
    return unlessErased(() => openAccount({ sealing }, row).number) ?? 'erased';
  }

  function toStatementRow(row: StatementRecord): StatementRow {
    const ref = { id: row.sealedId, table: 'statement', column: 'header', applicationId: row.id.toString() };
    const header = unlessErased(() => JSON.parse(sealing.openText(ref)) as { statementId: string });
    const breaks = store.breaksOfStatement(row.id);
    const sumOf = (isDifference: boolean) =>
      breaks.reduce(
        (sum, { kind, amountMinor }) => ((kind === 'difference') === isDifference ? sum + amountMinor : sum),
        0n,
      );
    return {
      id: row.id.toString(),
      bankAccountId: row.bankAccountId.toString(),
      accountNumber: numberOf(row.bankAccountId),
      type: row.type,
      statementId: header?.statementId ?? '',
      sequenceNumber: row.sequenceNumber,
      fileName: files.fileName(row.importId) ?? '',
      importId: row.importId.toString(),
      currency: store.bankAccount(row.bankAccountId)!.currency,
      openingMinor: row.openingMinor,
      openingDate: row.openingDate,
      closingMinor: row.closingMinor,
      closingDate: row.closingDate,
      transactions: Number(row.transactionCount),
      gapMinor: sumOf(false),
      differenceMinor: sumOf(true),
      receivedAtMs: files.receivedAtMs(row.importId),
    };
  }

  function toRow(
    row: TransactionWithStatement,
    content: TransactionContent,
    status: MatchStatus,
    accountNumber: string,
  ): TransactionRow {
    const direction = row.amountMinor < 0n ? 'debit' : 'credit';
    return {
      id: row.id.toString(),
      statementId: row.statementId.toString(),
      bankAccountId: row.bankAccountId.toString(),
      accountNumber,
      bookingDate: row.bookingDate,
      valueDate: row.valueDate,
      direction,
      amountMinor: unsigned(row.amountMinor),
      currency: row.currency,
      reversal: row.reversal === 1n,
      booking: row.informs === 1n ? 'info' : (row.status as TransactionRow['booking']),
      counterparty: counterpartyName(content, direction),
      remittance: remittanceText(content.remittance),
      endToEndId: content.endToEndId ?? null,
      accountServicerReference: content.accountServicerReference ?? null,
      status,
    };
  }

  function toRows(rows: readonly TransactionWithStatement[]): TransactionRow[] {
    const statuses = matchStatus.statusOf(rows.map(({ id }) => id));
    const numbers = new Map<bigint, string>();
    return rows.map((row) => {
      let number = numbers.get(row.bankAccountId);
      if (number === undefined) {
        number = numberOf(row.bankAccountId);
        numbers.set(row.bankAccountId, number);
      }
      return toRow(row, contentOf(context, row), statuses.get(row.id) ?? 'unmatched', number);
    });
  }

  function known(id: string): TransactionWithStatement {
    const number = parseId(id);
    const row = number === undefined ? undefined : store.transaction(number);
    if (row === undefined)
      throw new CountersignError('TRANSACTION_UNKNOWN', 'There is no such bank transaction.');
    return row;
  }

  function forMatching(
    row: TransactionWithStatement,
    told = contentOf(context, row),
  ): TransactionForMatching {
    const { line: _line, path: _path, entryHead: _head, ...content } = told;
    return {
      id: row.id,
      isPayment: row.type === FEED_TYPE,
      statementId: row.statementId,
      bankAccountId: row.bankAccountId,
      ledgerAccountId: row.ledgerAccountId,
      currency: row.currency,
      direction: row.amountMinor < 0n ? 'debit' : 'credit',
      amountMinor: unsigned(row.amountMinor),
      bookingDate: row.bookingDate,
      valueDate: row.valueDate,
      reversal: row.reversal === 1n,
      entryId: row.entryId,
      content,
    };
  }

  function* manyForMatching(rows: readonly TransactionWithStatement[]): Generator<TransactionForMatching> {
    const contents = contentsOf(context, rows);
    for (const [at, row] of rows.entries()) yield forMatching(row, contents[at]!);
  }

  function* transactionsForMatching(
    query: MatchingQuery = {},
  ): Generator<TransactionForMatching, void, void> {
    let after = query.afterId ?? 0n;
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const rows = store.bookedAfter(after, Math.min(left, CHUNK_ROWS));
      if (rows.length === 0) return;
      yield* manyForMatching(rows);
      after = rows.at(-1)!.id;
      left -= rows.length;
    }
  }

  return {
    bankAccounts: () =>
      store.bankAccounts().map((row) => {
        const content = unlessErased(() => openAccount({ sealing }, row));
        const last = compareNewestClosing(context, row);
        return {
          id: row.id.toString(),
          ledgerAccountId: row.ledgerAccountId.toString(),
          number: content?.number ?? 'erased',
          ownerName: content?.ownerName ?? null,
          currency: row.currency,
          ledgerMinor: ledger.balanceMinor(row.ledgerAccountId),
          bankMinor: last?.bankMinor ?? null,
          bankDate: last?.statement.closingDate ?? null,
          differenceMinor: last === undefined ? null : last.ledgerMinor - last.bankMinor,
        };
      }),
    list({ limit, cursor, bankAccountId }) {
      const account = bankAccountId === undefined ? null : (parseId(bankAccountId) ?? -1n);
      const before = cursor === undefined ? null : (parseId(cursor) ?? null);
      const rows = store.statementPage(account, before, limit + 1);
      return {
        rows: rows.slice(0, limit).map(toStatementRow),
        nextCursor: rows.length > limit ? rows[limit - 1]!.id.toString() : null,
        total: Number(store.statementCount(account)),
      };
    },
    get(id) {
      const number = parseId(id);
      const row = number === undefined ? undefined : store.statement(number);
      if (row === undefined) throw new CountersignError('STATEMENT_UNKNOWN', 'There is no such statement.');
      return toStatementRow(row);
    },
    transactions(query) {
      return query.statementId === undefined ? recentPage(query) : statementPage(query, query.statementId);
    },
    transactionRows(ids) {
      const found = new Map(store.transactionsByIds(ids).map((row) => [row.id, row]));
      return toRows(ids.flatMap((id) => found.get(id) ?? []));
    },
    transaction(id) {
      const row = known(id);
      const content = contentOf(context, row);
      return {
        ...toRows([row])[0]!,
        fileName:
          (row.type === FEED_TYPE ? context.singleMessage?.(row.id)?.name : files.fileName(row.importId)) ??
          '',
        messageType: row.type,
        entryNumber: content.entryIndex + 1,
        debtor: toParty(content.debtor),
        creditor: toParty(content.creditor),
        ultimateDebtor: toParty(content.ultimateDebtor),
        ultimateCreditor: toParty(content.ultimateCreditor),
        uetr: content.uetr ?? null,
        mandateId: content.mandateId ?? null,
        bankTransactionCode: content.bankTransactionCode ?? null,
        structuredReferences: content.remittance.structured.flatMap(({ reference }) =>
          reference === undefined ? [] : [reference],
        ),
        charges: (content.charges ?? []).map(({ amountMinor, currency, direction, included }) => ({
          amountMinor,
          currency,
          direction,
          included: included ?? false,
        })),
        instructed: content.instructed ?? null,
        exchangeRate: content.exchange?.rate ?? null,
        additionalInfo: content.additionalInfo ?? null,
        journalEntryIds: row.entryId === null ? [] : [idToText(row.entryId)],
      };
    },
    transactionsForMatching,
    *feedPayments(afterId = 0n, limit = Number.POSITIVE_INFINITY) {
      let after = afterId;
      for (let left = limit; left > 0; left -= CHUNK_ROWS) {
        const wanted = Math.min(left, CHUNK_ROWS);
        const rows = store.feedPaymentsAfter(after, wanted);
        yield* manyForMatching(rows);
        if (rows.length < wanted) return;
        after = rows.at(-1)!.id;
      }
    },
    lastPublishedLine: () => store.lastPublishedLine(),
    bookedOfAmount: (accountId, signedMinor, from, to, limit) =>
      store.bookedOfAmount(accountId, signedMinor, from, to, limit).map((row) => forMatching(row)),
    transactionForMatching: (id) => forMatching(known(id.toString())),
    bookedTransactionCount: () => Number(store.bookedCount({})),
    cashByDay: () =>
      store.cashByDay().map(({ bookingDate, currency, creditMinor, debitMinor, bookedCount }) => ({
        date: bookingDate,
        currency,
        inMinor: creditMinor,
        outMinor: debitMinor,
        transactions: Number(bookedCount),
      })),
    openBreaks: () =>
      store.allStandingBreaks().map((row) => ({
        id: row.id,
        statementId: row.statementId,
        bankAccountId: row.bankAccountId,
        kind: row.kind,
        date: row.effectiveDate,
        currency: store.bankAccount(row.bankAccountId)!.currency,
        amountMinor: row.amountMinor,
        entryId: row.entryId,
      })),
  };

  function statementPage({ limit, cursor }: TransactionQuery, statementId: string): Page<TransactionRow> {
    const id = parseId(statementId) ?? -1n;
    const rows = store.transactionsOfStatement(
      id,
      cursor === undefined ? 0n : (parseId(cursor) ?? 0n),
      limit + 1,
    );
    return {
      rows: toRows(rows.slice(0, limit)),
      nextCursor: rows.length > limit ? rows[limit - 1]!.id.toString() : null,
      total: Number(store.statement(id)?.transactionCount ?? 0n),
    };
  }

  function recentPage(query: TransactionQuery): Page<TransactionRow> {
    const { limit, bankAccountId, bookingDate } = query;
    const filter = {
      ...(bankAccountId === undefined ? {} : { bankAccountId: parseId(bankAccountId) ?? -1n }),
      ...(bookingDate === undefined ? {} : { bookingDate }),
    };
    const rows = store.recentTransactions(filter, parseCursor(query.cursor), limit + 1);
    const last = rows[limit - 1];
    return {
      rows: toRows(rows.slice(0, limit)),
      nextCursor: rows.length > limit && last ? `${last.bookingDate} ${last.id}` : null,
      total: Number(store.bookedCount(filter)),
    };
  }
}

function parseCursor(cursor: string | undefined): TransactionCursor | null {
  const parts = /^(\d{4}-\d{2}-\d{2}) (\d{1,18})$/.exec(cursor ?? '');
  return parts ? { bookingDate: parts[1]!, id: BigInt(parts[2]!) } : null;
}

const unsigned = (amountMinor: bigint): bigint => (amountMinor < 0n ? -amountMinor : amountMinor);

function toParty(party: Party | undefined): TransactionDetail['debtor'] {
  if (party === undefined) return null;
  const { name, account, bic, bankCode, country } = party;
  return {
    name: name ?? null,
    account: account ?? null,
    bic: bic ?? bankCode ?? null,
    country: country ?? null,
  };
}
