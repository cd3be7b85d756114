/**
 * A statement while it is being read: one section a currency, with its sums, its days and its
 * fingerprint. A bank that reports several currencies under one account gives several sections,
 * and each is a statement of its own in the books.
 */
import type { IsoDate } from '../base/index.ts';
import type { StatementBalance, StatementHeader } from '../messages/index.ts';
import { createLineSet, type DatedBalance, EMPTY_LINE_SET, type LineSet, unite } from './identity.ts';

export interface SectionDay {
  creditMinor: bigint;
  debitMinor: bigint;
  readonly lines: ReturnType<typeof createLineSet>;
}

/** Sums over the lines of a section that were added so far. */
export interface SectionSums {
  readonly days: ReadonlyMap<IsoDate, SectionDay>;
  readonly bookedMinor: bigint;
  readonly bookedCount: number;
  readonly transactionCount: number;
  readonly firstDate: IsoDate | null;
  readonly lastDate: IsoDate | null;
}

/** Adds up lines. Only booked ones count in sums and fingerprint; where the message informs, all do in the latter. */
export function createSums(informs: boolean) {
  /** Of a message that informs all lines tell it apart, not only the booked ones. */
  const notices = createLineSet();
  const days = new Map<IsoDate, SectionDay>();
  let bookedMinor = 0n;
  let bookedCount = 0;
  let transactionCount = 0;
  let firstDate: IsoDate | null = null;
  let lastDate: IsoDate | null = null;
  return {
    add(bookingDate: IsoDate, signedMinor: bigint, isBooked: boolean): void {
      transactionCount += 1;
      if (informs) notices.add(bookingDate, signedMinor);
      if (!isBooked) return;
      let day = days.get(bookingDate);
      if (day === undefined) {
        day = { creditMinor: 0n, debitMinor: 0n, lines: createLineSet() };
        days.set(bookingDate, day);
      }
      day.lines.add(bookingDate, signedMinor);
      if (signedMinor > 0n) day.creditMinor += signedMinor;
      else day.debitMinor -= signedMinor;
      bookedMinor += signedMinor;
      bookedCount += 1;
      if (firstDate === null || bookingDate < firstDate) firstDate = bookingDate;
      if (lastDate === null || bookingDate > lastDate) lastDate = bookingDate;
    },
    lines(): LineSet {
      if (informs) return notices.result();
      return [...days.values()].reduce((sum, day) => unite(sum, day.lines.result()), EMPTY_LINE_SET);
    },
    result: (): SectionSums => ({ days, bookedMinor, bookedCount, transactionCount, firstDate, lastDate }),
  };
}

const dated = (balance: StatementBalance | undefined): DatedBalance | null =>
  balance === undefined ? null : { amountMinor: balance.amountMinor, date: balance.date };

/**
 * The opening booked balance of a currency; the close of the day before (`PRCD`) stands in for
 * it. Of a statement in pages the first page's opening and the last page's closing count.
 */
export function openingBalance(balances: readonly StatementBalance[], currency: string): DatedBalance | null {
  const of = (kind: StatementBalance['kind']) =>
    balances.find((balance) => balance.kind === kind && balance.currency === currency);
  return dated(of('opening-booked') ?? of('previously-closed'));
}

export function closingBalance(balances: readonly StatementBalance[], currency: string): DatedBalance | null {
  return dated(
    balances.findLast((balance) => balance.kind === 'closing-booked' && balance.currency === currency),
  );
}

/**
 * The currencies in which a statement says something: its account's, and each other in which it
 * has lines or both booked balances. A lone balance in another currency proves nothing.
 */
export function sectionCurrencies(
  header: StatementHeader,
  balances: readonly StatementBalance[],
  lineCurrencies: Iterable<string>,
): string[] {
  const currencies = new Set(lineCurrencies);
  if (header.account.currency !== undefined) currencies.add(header.account.currency);
  for (const { currency } of balances) {
    if (openingBalance(balances, currency) !== null && closingBalance(balances, currency) !== null) {
      currencies.add(currency);
    }
  }
  return [...currencies];
}

/** Whether a message of this type posts: only booked statements do, the others inform. */
export function informsOnly(type: StatementHeader['type']): boolean {
  return type !== 'camt.053' && type !== 'mt940';
}

/** True where `next` is the page after `previous` of the same statement, in the same file. */
export function continuesStatement(
  previous: StatementHeader,
  previousBalances: readonly StatementBalance[],
  next: StatementHeader,
): boolean {
  const closing = previousBalances.findLast(({ kind }) => kind === 'closing-booked');
  const open = closing?.intermediate === true || previous.lastPage === false;
  return (
    open &&
    previous.type === next.type &&
    previous.sequenceNumber !== undefined &&
    previous.sequenceNumber === next.sequenceNumber &&
    previous.account.iban === next.account.iban &&
    previous.account.other === next.account.other &&
    Number(next.page) === Number(previous.page) + 1
  );
}
