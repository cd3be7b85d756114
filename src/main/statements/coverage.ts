/**
 * A statement can be known although no single one equals it: a week after its days, a day after
 * its week, a statement after its pages. Its lines then are, day by day, those that are known of
 * its days, and lead to the same balance.
 */
import type { IsoDate } from '../base/index.ts';
import { type DatedBalance, EMPTY_LINE_SET, type LineSet, sumFromBytes, unite } from './identity.ts';

/** What is known of an account: the lines of a day of one statement. */
export interface KnownDay {
  readonly bookingDate: IsoDate;
  readonly creditMinor: bigint;
  readonly debitMinor: bigint;
  readonly bookedCount: bigint;
  readonly linesSum: Buffer;
}

/** What else moved the account: breaks and what took them back. */
export interface KnownMovement {
  readonly date: IsoDate;
  readonly amountMinor: bigint;
}

export interface Candidate {
  /** Its booked lines by day. */
  readonly days: ReadonlyMap<IsoDate, LineSet>;
  readonly firstDate: IsoDate | null;
  readonly lastDate: IsoDate | null;
  readonly closing: DatedBalance | null;
}

/**
 * True where the candidate's days hold exactly the lines that are known of all days from its first
 * to its last, and the known balance at their end is its closing balance. Two statements of one day
 * with equal lines are told apart by that balance.
 */
export function isCovered(
  candidate: Candidate,
  known: readonly KnownDay[],
  movements: readonly KnownMovement[],
): boolean {
  const { days, firstDate, lastDate, closing } = candidate;
  if (firstDate === null || lastDate === null || closing === null) return false;
  const knownDays = new Map<IsoDate, LineSet>();
  let balanceMinor = 0n;
  for (const { bookingDate, creditMinor, debitMinor, bookedCount, linesSum } of known) {
    if (bookingDate <= lastDate) balanceMinor += creditMinor - debitMinor;
    if (bookingDate < firstDate || bookingDate > lastDate) continue;
    const lines = { sum: sumFromBytes(linesSum), count: Number(bookedCount) };
    knownDays.set(bookingDate, unite(knownDays.get(bookingDate) ?? EMPTY_LINE_SET, lines));
  }
  if (knownDays.size !== days.size) return false;
  for (const [date, lines] of days) {
    const other = knownDays.get(date);
    if (other === undefined || other.sum !== lines.sum || other.count !== lines.count) return false;
  }
  for (const { date, amountMinor } of movements) if (date <= lastDate) balanceMinor += amountMinor;
  return balanceMinor === closing.amountMinor;
}
