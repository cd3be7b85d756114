/**
 * Takes the statements of one file in: lines are gathered and written batch by batch under the
 * import's id, where they count nowhere, and one short transaction at the end makes them count.
 */
import { formatAmount } from '../../contract/money.ts';
import { CountersignError, createIdMaker } from '../base/index.ts';
import type { PackedEvent, PackedTransactions, StatementEnd, StatementHeader } from '../messages/index.ts';
import type { AccountBook, OwnAccount } from './accounts.ts';
import { type BooksChange, bookBreaks } from './breaks.ts';
import type { StatementsContext } from './context.ts';
import { isCovered } from './coverage.ts';
import type { FileTaking, TakingConclusion } from './file-taking.ts';
import { type DatedBalance, statementIdentity } from './identity.ts';
import { detailOf, MOST_DETAILS, type OpenStatement, type Section, subjectsOf } from './open-section.ts';
import { createRowWriter } from './row-writer.ts';
import {
  closingBalance,
  continuesStatement,
  createSums,
  informsOnly,
  openingBalance,
  sectionCurrencies,
} from './section.ts';

export interface TakingOptions {
  readonly importId: bigint;
  readonly fileName: string;
  /** A person takes statements in although they do not add up. */
  readonly acceptDifference: boolean;
}

export function createTaking(
  context: StatementsContext,
  book: AccountBook,
  options: TakingOptions,
): FileTaking {
  const { store, ledger, runtime } = context;
  const { importId, fileName, acceptDifference } = options;
  const closedThrough = ledger.closedThrough();
  const ids = store.lastIds();
  const writer = createRowWriter(context, book, { importId, lastStatementId: ids.statementId });
  let nextStatementId = ids.statementId + 1n;
  let nextTransactionId = ids.transactionId + 1n;
  const identities = new Set<string>();
  const warnings: string[] = [];
  const taken: Section[] = [];
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
    const section: Section = {
      id: nextStatementId,
      currency,
      account: book.resolve(statement.header.account, currency, statement.header.position),
      statement,
      sums: createSums(statement.informs),
      firstTransactionId: nextTransactionId,
      lastTransactionId: nextTransactionId - 1n,
      ledgerUnit: null,
      writtenRows: 0,
      ended: null,
      closedLine: null,
    };
    nextStatementId += 1n;
    statement.sections.set(currency, section);
    return section;
  }

  function addLine(statement: OpenStatement, packed: PackedTransactions, at: number): void {
    const section = sectionOf(statement, packed.currencies[at]!);
    const bookingDate = packed.bookingDates[at]!;
    const signedMinor = packed.signedMinor[at]!;
    const isBooked = packed.statuses[at] === 'booked';
    // Money moves by booked lines of statements that post, and not by a line of zero.
    const isPosted = isBooked && !statement.informs && signedMinor !== 0n;
    section.sums.add(bookingDate, signedMinor, isBooked);
    if (closedThrough !== null && bookingDate <= closedThrough && isPosted) {
      section.closedLine ??= { line: packed.lines[at]!, date: bookingDate };
    }
    section.lastTransactionId = nextTransactionId;
    writer.add({ id: nextTransactionId, section, packed, at, isPosted });
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
    else {
      warnings.push(
        `Statement ${header.index + 1} holds no entry, balance or currency; nothing was taken from it.`,
      );
    }
  }

  /** Checks a section whose statement has ended. Answers whether it is new. */
  function endSection(section: Section): boolean {
    const { currency, account, statement, sums } = section;
    const { header, balances, informs } = statement;
    const opening = openingBalance(balances, currency);
    const closing = closingBalance(balances, currency);
    const { type, statementId, createdAt } = header;
    const notice = { type, statementId, createdAt: createdAt ?? null };
    const identity = statementIdentity({
      bankAccountId: account.id,
      currency,
      opening,
      closing,
      lines: sums.lines(),
      ...(informs ? { notice } : {}),
    });
    const key = identity.toString('hex');
    if (identities.has(key) || store.statementByIdentity(identity) !== undefined) {
      writer.drop(section);
      return false;
    }
    if (!informs && isCoveredByOthers(section, closing)) {
      writer.drop(section);
      return false;
    }
    if (section.closedLine !== null) throw periodClosed(section.closedLine);
    if (!informs) checkAddsUp(section, opening, closing);
    identities.add(key);
    section.ended = { opening, closing, identity };
    taken.push(section);
    writer.complete(section);
    takenTransactions += sums.result().transactionCount;
    return true;
  }

  /** Whether other statements of the account say all that this one says. */
  function isCoveredByOthers({ account, sums }: Section, closing: DatedBalance | null): boolean {
    if (account.isNew) return false;
    const { days, firstDate, lastDate } = sums.result();
    const lines = new Map([...days].map(([date, day]) => [date, day.lines.result()]));
    const candidate = { days: lines, firstDate, lastDate, closing };
    return isCovered(candidate, store.daysOfAccount(account.id), store.breakMovements(account.id));
  }

  function checkAddsUp(section: Section, opening: DatedBalance | null, closing: DatedBalance | null): void {
    if (opening === null || closing === null) return;
    const { currency, statement } = section;
    const { bookedMinor } = section.sums.result();
    const reachedMinor = opening.amountMinor + bookedMinor;
    const differenceMinor = closing.amountMinor - reachedMinor;
    if (differenceMinor === 0n) return;
    const amount = (minor: bigint) => `${formatAmount(minor, currency)} ${currency}`;
    const message = `Opening balance plus booked entries is ${amount(reachedMinor)}, the closing balance ${amount(closing.amountMinor)}: a difference of ${amount(differenceMinor)}.`;
    if (acceptDifference) {
      warnings.push(`${message} It was taken in by a person's decision.`);
      return;
    }
    const { line, path } = statement.header.position;
    throw new CountersignError('STATEMENT_DOES_NOT_ADD_UP', message, {
      file: fileName,
      line,
      path,
      expected: amount(reachedMinor),
      actual: amount(closing.amountMinor),
      difference: formatAmount(differenceMinor, currency),
      currency,
    });
  }

  function periodClosed(at: NonNullable<Section['closedLine']>): CountersignError {
    return new CountersignError(
      'LEDGER_PERIOD_CLOSED',
      `The statement books on ${at.date}, and the books are closed through ${closedThrough}.`,
      { file: fileName, line: at.line, expected: `after ${closedThrough}`, actual: at.date },
    );
  }

  function accept(event: PackedEvent): void {
    switch (event.kind) {
      case 'statement-start':
        open = beginStatement(event.header);
        break;
      case 'packed-transactions':
        for (let at = 0; at < event.packed.count; at += 1) addLine(open!, event.packed, at);
        break;
      case 'statement-end':
        held = endMessage(open!, event);
        open = null;
        break;
      case 'file-end':
        if (held !== null) endStatement(held);
        held = null;
        break;
    }
  }

  /** A new statement, or the next page of the one before. */
  function beginStatement(header: StatementHeader): OpenStatement {
    const page = held;
    held = null;
    if (page !== null && continuesStatement(page.header, page.balances, header)) {
      page.header = { ...page.header, ...pagination(header) };
      return page;
    }
    if (page !== null) endStatement(page);
    return { header, balances: [], sections: new Map(), informs: informsOnly(header.type) };
  }

  /** The statement may go on with a page in the next message, so it is not ended yet. */
  function endMessage(statement: OpenStatement, end: StatementEnd): OpenStatement {
    const isFirst = end.header.index === statement.header.index;
    statement.header = isFirst ? end.header : { ...statement.header, ...pagination(end.header) };
    statement.balances.push(...end.balances);
    return statement;
  }

  /** New accounts that a statement of this file made count. */
  function newAccounts(): OwnAccount[] {
    return [...new Set(taken.map(({ account }) => account))].filter(({ isNew }) => isNew);
  }

  function conclude(): TakingConclusion {
    const posting = taken.filter(({ statement }) => !statement.informs);
    const accounts = [...new Set(posting.map(({ account }) => account))];
    books = bookBreaks(context, { importId, accounts, newId: createIdMaker(runtime), closedThrough });
    if (books.entries.length > 0) writer.stage(books.entries);
    for (const { label } of newAccounts()) {
      warnings.push(`The file speaks of an own account that was not known; it was created as ${label}.`);
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
    for (const { id } of newAccounts()) store.publishBankAccount(id, record);
    store.publishStatements(importId, record);
    writer.publish(record);
    books?.write(record);
  }

  return {
    accept,
    pendingRows: writer.pending,
    flush: writer.flush,
    clean: writer.clean,
    conclude,
    publish,
    journal: writer.journal,
  };
}

/** What a later page says beyond the first. */
function pagination({ lastPage, page }: StatementHeader): Partial<StatementHeader> {
  return { ...(lastPage === undefined ? {} : { lastPage }), ...(page === undefined ? {} : { page }) };
}
