/**
 * Takes the statements of one file in: lines are gathered and written batch by batch under the
 * import's id, where they count nowhere, and one short transaction at the end makes them count.
 */

import { formatAmount } from '../../contract/money.ts';
import { CountersignError, createIdMaker, type IsoDate } from '../base/index.ts';
import type { BatchProof, NewEntry } from '../ledger/index.ts';
import type {
  BankTransaction,
  ParseEvent,
  StatementBalance,
  StatementEnd,
  StatementHeader,
} from '../messages/index.ts';
import type { AccountBook, OwnAccount } from './accounts.ts';
import { type BooksChange, bookBreaks } from './breaks.ts';
import { type DatedBalance, statementIdentity } from './identity.ts';
import {
  closingBalance,
  continuesStatement,
  createSums,
  informsOnly,
  openingBalance,
  sectionCurrencies,
} from './section.ts';
import type { StatementsContext } from './service.ts';
import { toSealedText } from './stored-transaction.ts';

/** How a file of statements came out, for the import's record and its answer. */
export interface TakingConclusion {
  readonly outcome: 'imported' | 'duplicate';
  readonly statements: number;
  readonly transactions: number;
  readonly warnings: readonly string[];
  readonly subjects: readonly { readonly kind: string; readonly id: string }[];
  /** Breaks that opened and closed. */
  readonly breaks: readonly { readonly action: 'open' | 'close'; readonly kind: string }[];
  /** What the audit record says of it. */
  readonly detail: {
    readonly [key: string]:
      | string
      | number
      | null
      | readonly { readonly [key: string]: string | number | null }[];
  };
}

/** Takes one file in. `accept` gathers, `flush` writes, `conclude` and `publish` make it count. */
export interface FileTaking {
  /** Takes an event of the parser. Errors: whatever refuses the file. */
  accept(event: ParseEvent): void;
  /** Rows that wait to be written. */
  pendingRows(): number;
  /** Writes up to `maxRows` of them. In a vault transaction. */
  flush(maxRows: number): void;
  /** Takes away what was written and turned out to be known already; each step in a transaction. */
  clean(): Generator<void, void, void>;
  /** In the publishing transaction, once nothing is pending: settles the books. */
  conclude(): TakingConclusion;
  /** In the same transaction: from now on the file counts, under this audit record. */
  publish(record: bigint): void;
  /** Roots over what the ledger holds of the file, for the audit record; to be asked after `conclude`. */
  journal(): readonly BatchProof[];
}

/** One currency of a statement that is being read. */
interface Section {
  readonly id: bigint;
  readonly currency: string;
  readonly account: OwnAccount;
  readonly statement: OpenStatement;
  readonly sums: ReturnType<typeof createSums>;
  readonly firstTransactionId: bigint;
  lastTransactionId: bigint;
  /** Under which id the ledger stages its entries; set when its first rows are written. */
  ledgerUnit: bigint | null;
  writtenRows: number;
  ended: {
    readonly opening: DatedBalance | null;
    readonly closing: DatedBalance | null;
    readonly identity: Buffer;
  } | null;
  /** Where a booked line lies in a closed period: only a statement that is known already may do so. */
  closedLine: { readonly line: number; readonly path: string; readonly date: IsoDate } | null;
  dropped: boolean;
}

interface OpenStatement {
  header: StatementHeader;
  readonly balances: StatementBalance[];
  readonly sections: Map<string, Section>;
  readonly informs: boolean;
}

interface PendingRow {
  readonly id: bigint;
  readonly section: Section;
  readonly transaction: BankTransaction;
  readonly sealedText: string;
}

export interface TakingOptions {
  readonly importId: bigint;
  readonly fileName: string;
  /** A person takes statements in although they do not add up. */
  readonly acceptDifference: boolean;
}

/** Ledger units of an import: the import's own, and one for each statement too large to gather whole. */
const UNITS_PER_IMPORT = 1n << 20n;

/** The id under which the ledger stages what an import gathers whole. */
export function sharedLedgerUnit(importId: bigint): bigint {
  return importId * UNITS_PER_IMPORT;
}

export function createTaking(
  context: StatementsContext,
  book: AccountBook,
  options: TakingOptions,
): FileTaking {
  const { store, sealing, ledger, runtime } = context;
  const { importId, fileName, acceptDifference } = options;
  const newId = createIdMaker(runtime);
  const sharedUnit = sharedLedgerUnit(importId);
  const closedThrough = ledger.closedThrough();
  const ids = store.lastIds();
  let nextStatementId = ids.statementId + 1n;
  let nextTransactionId = ids.transactionId + 1n;
  const newAccounts = new Map<bigint, OwnAccount>();
  const units = new Set<bigint>();
  const identities = new Set<string>();
  const warnings: string[] = [];
  const taken: Section[] = [];
  const droppedWritten: Section[] = [];
  let toComplete: Section[] = [];
  let rows: PendingRow[] = [];
  let rowsFrom = 0;
  let open: OpenStatement | null = null;
  /** A page whose statement may go on in the next message. */
  let held: OpenStatement | null = null;
  let knownStatements = 0;
  let takenStatements = 0;
  let takenTransactions = 0;
  let books: BooksChange | null = null;

  function sectionOf(statement: OpenStatement, currency: string): Section {
    const existing = statement.sections.get(currency);
    if (existing) return existing;
    const account = book.resolve(statement.header.account, currency, statement.header.position);
    if (account.isNew && !newAccounts.has(account.id)) newAccounts.set(account.id, account);
    const section: Section = {
      id: nextStatementId,
      currency,
      account,
      statement,
      sums: createSums(statement.informs),
      firstTransactionId: nextTransactionId,
      lastTransactionId: nextTransactionId - 1n,
      ledgerUnit: null,
      writtenRows: 0,
      ended: null,
      closedLine: null,
      dropped: false,
    };
    nextStatementId += 1n;
    statement.sections.set(currency, section);
    return section;
  }

  function addTransaction(statement: OpenStatement, transaction: BankTransaction): void {
    const section = sectionOf(statement, transaction.currency);
    section.sums.add(transaction);
    const { bookingDate, position } = transaction;
    if (
      closedThrough !== null &&
      section.closedLine === null &&
      bookingDate <= closedThrough &&
      posts(section, transaction)
    ) {
      section.closedLine = { line: position.line, path: position.path, date: bookingDate };
    }
    section.lastTransactionId = nextTransactionId;
    rows.push({ id: nextTransactionId, section, transaction, sealedText: toSealedText(transaction) });
    nextTransactionId += 1n;
  }

  function endStatement(statement: OpenStatement): void {
    const { header, balances, sections } = statement;
    for (const currency of sectionCurrencies(header, balances, sections.keys()))
      sectionOf(statement, currency);
    let isTaken = false;
    for (const section of sections.values()) if (endSection(section)) isTaken = true;
    if (isTaken) takenStatements += 1;
    else if (sections.size > 0) knownStatements += 1;
    else
      warnings.push(
        `Statement ${header.index + 1} holds no entry, balance or currency; nothing was taken from it.`,
      );
  }

  /** Checks a section whose statement has ended. Answers whether it is new. */
  function endSection(section: Section): boolean {
    const { currency, account, statement, sums } = section;
    const { header, balances, informs } = statement;
    const opening = openingBalance(balances, currency);
    const closing = closingBalance(balances, currency);
    const identity = statementIdentity({
      bankAccountId: account.id,
      currency,
      opening,
      closing,
      lines: sums.lines(),
      ...(informs
        ? {
            notice: {
              type: header.type,
              statementId: header.statementId,
              createdAt: header.createdAt ?? null,
            },
          }
        : {}),
    });
    const key = identity.toString('hex');
    if (identities.has(key) || store.statementByIdentity(identity) !== undefined) {
      drop(section);
      return false;
    }
    if (section.closedLine !== null) throw periodClosed(section.closedLine);
    if (!informs) checkAddsUp(section, opening, closing);
    identities.add(key);
    section.ended = { opening, closing, identity };
    taken.push(section);
    toComplete.push(section);
    takenTransactions += sums.result().transactionCount;
    return true;
  }

  function drop(section: Section): void {
    section.dropped = true;
    if (section.ledgerUnit !== null) droppedWritten.push(section);
    rows = rows.slice(rowsFrom).filter((row) => row.section !== section);
    rowsFrom = 0;
  }

  function checkAddsUp(section: Section, opening: DatedBalance | null, closing: DatedBalance | null): void {
    if (opening === null || closing === null) return;
    const { currency, statement } = section;
    const { bookedMinor } = section.sums.result();
    const differenceMinor = closing.amountMinor - opening.amountMinor - bookedMinor;
    if (differenceMinor === 0n) return;
    const amount = (minor: bigint) => `${formatAmount(minor, currency)} ${currency}`;
    const message = `Opening balance plus booked entries is ${amount(opening.amountMinor + bookedMinor)}, the closing balance ${amount(closing.amountMinor)}: a difference of ${amount(differenceMinor)}.`;
    if (acceptDifference) {
      warnings.push(`${message} It was taken in by a person's decision and opens a break.`);
      return;
    }
    const { line, path } = statement.header.position;
    throw new CountersignError('STATEMENT_DOES_NOT_ADD_UP', message, {
      file: fileName,
      line,
      path,
      expected: amount(opening.amountMinor + bookedMinor),
      actual: amount(closing.amountMinor),
      difference: formatAmount(differenceMinor, currency),
      currency,
    });
  }

  function periodClosed(at: NonNullable<Section['closedLine']>): CountersignError {
    return new CountersignError(
      'LEDGER_PERIOD_CLOSED',
      `The statement books on ${at.date}, and the books are closed through ${closedThrough}.`,
      { file: fileName, line: at.line, path: at.path, expected: `after ${closedThrough}`, actual: at.date },
    );
  }

  function accept(event: ParseEvent): void {
    if (event.kind === 'statement-start') {
      const page = held;
      held = null;
      if (page !== null && continuesStatement(page.header, page.balances, event.header)) {
        page.header = { ...page.header, ...pick(event.header) };
        open = page;
        return;
      }
      if (page !== null) endStatement(page);
      const { header } = event;
      open = { header, balances: [], sections: new Map(), informs: informsOnly(header.type) };
    } else if (event.kind === 'transactions') {
      for (const transaction of event.transactions) addTransaction(open!, transaction);
    } else if (event.kind === 'statement-end') {
      held = closeMessage(open!, event);
      open = null;
    } else if (event.kind === 'file-end' && held !== null) {
      endStatement(held);
      held = null;
    }
  }

  /** The statement may go on with a page in the next message, so it is not ended yet. */
  function closeMessage(statement: OpenStatement, end: StatementEnd): OpenStatement {
    const { index } = statement.header;
    const sameMessage = end.header.index === index;
    statement.header = sameMessage ? end.header : { ...statement.header, ...pick(end.header) };
    statement.balances.push(...end.balances);
    return statement;
  }

  function flush(maxRows: number): void {
    const to = Math.min(rows.length, rowsFrom + maxRows);
    const batch = rows.slice(rowsFrom, to);
    if (batch.length > 0) writeRows(batch);
    rowsFrom = to;
    if (rowsFrom === rows.length) {
      rows = [];
      rowsFrom = 0;
    }
    completeSections();
  }

  function writeRows(batch: readonly PendingRow[]): void {
    for (const { section } of batch) if (section.ledgerUnit === null) beginSection(section);
    const firstSealedId = sealing.sealBatch(
      'customer_pii',
      'bank_transaction',
      'content',
      batch.map(({ id, sealedText }) => ({ applicationId: id.toString(), plaintext: sealedText })),
    );
    const entries = new Map<bigint, NewEntry[]>();
    const parts: string[] = [];
    for (let i = 0; i < batch.length; i += 1) {
      const { id, section, transaction } = batch[i]!;
      const { direction, amountMinor, position, valueDate } = transaction;
      const signedMinor = direction === 'credit' ? amountMinor : -amountMinor;
      let entryHex = 'null';
      if (posts(section, transaction) && section.closedLine === null) {
        const entryId = newId();
        entryHex = `"${entryId.toString('hex')}"`;
        const entry = lineEntry(section.account, id, entryId, transaction.bookingDate, signedMinor);
        const unit = entries.get(section.ledgerUnit!);
        if (unit) unit.push(entry);
        else entries.set(section.ledgerUnit!, [entry]);
      }
      section.writtenRows += 1;
      parts.push(
        `[${id},${section.id},"${transaction.bookingDate}",${valueDate === undefined ? 'null' : `"${valueDate}"`},${signedMinor},"${transaction.status}",${transaction.reversal ? 1 : 0},${position.byteStart},${position.byteEnd},${entryHex},${firstSealedId + BigInt(i)}]`,
      );
    }
    store.insertTransactions(`[${parts.join(',')}]`);
    for (const [unit, unitEntries] of entries) {
      ledger.stage(unit, unitEntries);
      units.add(unit);
    }
  }

  /** The first rows of a section are written: its account and its statement must be there. */
  function beginSection(section: Section): void {
    book.ensure(section.account);
    const { header, informs } = section.statement;
    // A statement that is not whole yet may still turn out to be known, so it can be taken away alone.
    section.ledgerUnit = section.ended === null ? sharedUnit + section.id - ids.statementId : sharedUnit;
    store.insertStatement({
      id: section.id,
      importId,
      ledgerUnit: section.ledgerUnit,
      bankAccountId: section.account.id,
      place: BigInt(header.index),
      type: header.type,
      informs: informs ? 1n : 0n,
      sealedId: sealHeader(section),
      sequenceNumber: header.sequenceNumber ?? null,
      page: header.page ?? null,
      firstTransactionId: section.firstTransactionId,
      lastTransactionId: section.lastTransactionId,
    });
  }

  function sealHeader({ id, statement }: Section): bigint {
    const { statementId, createdAt, copyDuplicate, fromDate, toDate, position } = statement.header;
    return sealing.seal({
      purpose: 'bank_message',
      table: 'statement',
      column: 'header',
      applicationId: id.toString(),
      plaintext: JSON.stringify({ statementId, createdAt, copyDuplicate, fromDate, toDate, position }),
    });
  }

  /** Completes the statements that have ended and whose rows are all written. */
  function completeSections(): void {
    if (toComplete.length === 0) return;
    const waiting: Section[] = [];
    for (const section of toComplete) {
      const sums = section.sums.result();
      if (section.writtenRows < sums.transactionCount) {
        waiting.push(section);
        continue;
      }
      if (section.ledgerUnit === null) beginSection(section);
      const { opening, closing, identity } = section.ended!;
      store.completeStatement({
        id: section.id,
        openingMinor: opening?.amountMinor ?? null,
        openingDate: opening?.date ?? null,
        closingMinor: closing?.amountMinor ?? null,
        closingDate: closing?.date ?? null,
        firstDate: sums.firstDate,
        lastDate: sums.lastDate,
        bookedMinor: sums.bookedMinor,
        bookedCount: BigInt(sums.bookedCount),
        transactionCount: BigInt(sums.transactionCount),
        firstTransactionId: section.firstTransactionId,
        lastTransactionId: section.lastTransactionId,
        identity,
      });
      for (const [bookingDate, day] of sums.days) {
        store.insertDay({
          statementId: section.id,
          bookingDate,
          creditMinor: day.creditMinor,
          debitMinor: day.debitMinor,
          bookedCount: day.count,
        });
      }
    }
    toComplete = waiting;
  }

  function lineEntry(
    account: OwnAccount,
    transactionId: bigint,
    id: Buffer,
    effectiveDate: IsoDate,
    signedMinor: bigint,
  ): NewEntry {
    return {
      id,
      effectiveDate,
      reason: 'statement.line',
      source: { kind: 'bank-transaction', id: transactionId.toString() },
      postings: [
        { accountId: account.ledgerAccountId!, amountMinor: signedMinor },
        { accountId: book.unappliedCash(account.currency), amountMinor: -signedMinor },
      ],
    };
  }

  function* clean(): Generator<void, void, void> {
    for (const section of droppedWritten) {
      while (ledger.discardBatch(section.ledgerUnit!)) yield;
      units.delete(section.ledgerUnit!);
      yield* deleteStaged(context, section.id, section.firstTransactionId);
    }
    droppedWritten.length = 0;
  }

  function conclude(): TakingConclusion {
    const posting = taken.filter(({ statement }) => !statement.informs);
    const accounts = [...new Map(posting.map(({ account }) => [account.id, account])).values()];
    books = bookBreaks(context, { importId, accounts, newId, closedThrough });
    if (books.entries.length > 0) {
      ledger.stage(sharedUnit, books.entries);
      units.add(sharedUnit);
    }
    for (const account of newAccounts.values()) {
      if (taken.some((section) => section.account === account)) {
        warnings.push(
          `The file speaks of an own account that was not known; it was created as ${account.label}.`,
        );
      }
    }
    if (knownStatements > 0 && taken.length > 0) {
      warnings.push(
        knownStatements === 1
          ? 'One statement of the file is known already and was left out.'
          : `${knownStatements} statements of the file are known already and were left out.`,
      );
    }
    return {
      outcome: takenStatements === 0 && knownStatements > 0 ? 'duplicate' : 'imported',
      statements: takenStatements,
      transactions: takenTransactions,
      warnings: [...warnings, ...books.warnings],
      breaks: books.breaks,
      subjects: subjectsOf(taken),
      detail: {
        statements: taken.slice(0, MOST_DETAILS).map(detailOf),
        statementCount: taken.length,
        breaks: books.detail,
      },
    };
  }

  function publish(record: bigint): void {
    for (const account of newAccounts.values()) {
      if (taken.some((section) => section.account === account)) store.publishBankAccount(account.id, record);
    }
    store.publishStatements(importId, record);
    for (const unit of units) ledger.publish(unit, record);
    books?.write(record);
  }

  return {
    accept,
    pendingRows: () => rows.length - rowsFrom + toComplete.length,
    flush,
    clean,
    conclude,
    publish,
    journal: () => [...units].map((unit) => ledger.stagedRoot(unit)),
  };
}

/** Whether a line moves money on the own account: booked, in a statement that posts, and not of zero. */
function posts(section: Section, { status, amountMinor }: BankTransaction): boolean {
  return !section.statement.informs && status === 'booked' && amountMinor !== 0n;
}

/** What a later page says beyond the first. */
function pick(header: StatementHeader): Partial<StatementHeader> {
  const { lastPage, page } = header;
  return { ...(lastPage === undefined ? {} : { lastPage }), ...(page === undefined ? {} : { page }) };
}

/** Statements that an audit record lists one by one; further ones are counted. */
const MOST_DETAILS = 500;
const MOST_SUBJECTS = 200;

function subjectsOf(taken: readonly Section[]): { kind: string; id: string }[] {
  const accounts = new Set(taken.map(({ account }) => account.id));
  return [
    ...[...accounts].map((id) => ({ kind: 'bank-account', id: id.toString() })),
    ...taken.map(({ id }) => ({ kind: 'statement', id: id.toString() })),
  ].slice(0, MOST_SUBJECTS);
}

function detailOf(section: Section): { [key: string]: string | number | null } {
  const sums = section.sums.result();
  const { opening, closing, identity } = section.ended!;
  return {
    id: section.id.toString(),
    bankAccountId: section.account.id.toString(),
    identity: identity.toString('hex'),
    transactions: sums.transactionCount,
    booked: sums.bookedCount,
    bookedMinor: sums.bookedMinor.toString(),
    openingMinor: opening?.amountMinor.toString() ?? null,
    closingMinor: closing?.amountMinor.toString() ?? null,
    closingDate: closing?.date ?? null,
    currency: section.currency,
  };
}

/** Takes the rows of a statement away that does not count, a thousand at a time. */
export function* deleteStaged(
  { store, sealing, vault }: Pick<StatementsContext, 'store' | 'sealing' | 'vault'>,
  statementId: bigint,
  firstTransactionId: bigint,
): Generator<void, void, void> {
  let from = firstTransactionId;
  for (;;) {
    const batch = store.stagedTransactions(statementId, from);
    if (batch.length === 0) break;
    const last = batch.at(-1)!.id;
    vault.transaction(() => {
      for (const { fromId, toId } of consecutive(batch.map(({ sealedId }) => sealedId)))
        sealing.eraseRange(fromId, toId);
      store.deleteTransactions(statementId, batch[0]!.id, last);
    });
    from = last + 1n;
    yield;
  }
  vault.transaction(() => store.deleteStatement(statementId));
}

/** The runs of consecutive ids in an ascending list. */
function consecutive(ids: readonly bigint[]): { fromId: bigint; toId: bigint }[] {
  const runs: { fromId: bigint; toId: bigint }[] = [];
  for (const id of ids) {
    const run = runs.at(-1);
    if (run !== undefined && run.toId + 1n === id) run.toId = id;
    else runs.push({ fromId: id, toId: id });
  }
  return runs;
}
