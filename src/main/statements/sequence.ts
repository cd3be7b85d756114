/**
 * The statements of one account in the order in which the bank made them, and the money that
 * this order leaves unexplained. Both follow from the set of statements alone, so they do not
 * depend on the order of arrival: a late statement simply gives another answer, and the books
 * move by the difference of the two answers.
 */
import type { IsoDate } from '../base/index.ts';

/** What the order and the checks need to know of a statement. */
export interface SequencedStatement {
  readonly id: bigint;
  readonly openingMinor: bigint | null;
  readonly openingDate: IsoDate | null;
  readonly closingMinor: bigint | null;
  readonly closingDate: IsoDate | null;
  /** Sum of the booked lines, credits positive. */
  readonly bookedMinor: bigint;
  readonly firstDate: IsoDate | null;
  readonly lastDate: IsoDate | null;
  readonly sequenceNumber: string | null;
  readonly page: string | null;
  /** Breaks ties where nothing else does, the same on every machine. */
  readonly identity: string;
}

export type BreakKind = 'opening' | 'gap' | 'difference';

/** Money that no line explains, as it is to be posted to Bank. */
export interface Unexplained {
  readonly statementId: bigint;
  /**
   * `opening`: the first statement begins with this balance. `gap`: the statement begins with
   * another balance than the one before ended with. `difference`: its lines miss its closing
   * balance by this.
   */
  readonly kind: BreakKind;
  /** The date of the balance that shows it. */
  readonly date: IsoDate;
  readonly amountMinor: bigint;
}

/** The day at whose end a statement stands; statements without any date come first. */
export function standingDate(statement: SequencedStatement): IsoDate {
  return statement.closingDate ?? statement.lastDate ?? statement.openingDate ?? '0000-00-00';
}

function numericOrder(statement: SequencedStatement): [bigint, bigint] | null {
  const { sequenceNumber, page } = statement;
  if (sequenceNumber === null || !/^\d{1,18}$/.test(sequenceNumber)) return null;
  return [BigInt(sequenceNumber), page !== null && /^\d{1,18}$/.test(page) ? BigInt(page) : 0n];
}

const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function compareTies(a: SequencedStatement, b: SequencedStatement): number {
  return compare(a.openingDate ?? '', b.openingDate ?? '') || compare(a.identity, b.identity);
}

/**
 * Orders the statements of one account: by the day on which they end, within a day by the bank's
 * sequence number and page where every one of that day has its own, else by the chain of
 * balances (each begins where one before it ended).
 */
export function inSequence(statements: readonly SequencedStatement[]): SequencedStatement[] {
  const days = new Map<IsoDate, SequencedStatement[]>();
  for (const statement of statements) {
    const date = standingDate(statement);
    const day = days.get(date);
    if (day) day.push(statement);
    else days.set(date, [statement]);
  }
  const ordered: SequencedStatement[] = [];
  let runningMinor = 0n;
  for (const date of [...days.keys()].sort()) {
    for (const statement of orderDay(days.get(date)!, runningMinor)) {
      ordered.push(statement);
      runningMinor = balanceAfter(statement, runningMinor);
    }
  }
  return ordered;
}

/** The bank's balance after a statement: its closing balance, or what its lines lead to. */
function balanceAfter(statement: SequencedStatement, beforeMinor: bigint): bigint {
  return statement.closingMinor ?? (statement.openingMinor ?? beforeMinor) + statement.bookedMinor;
}

function orderDay(day: SequencedStatement[], runningMinor: bigint): SequencedStatement[] {
  if (day.length === 1) return day;
  const numbered = day.map((statement) => ({ statement, order: numericOrder(statement) }));
  const distinct = new Set(numbered.map(({ order }) => (order === null ? '' : order.join('/'))));
  if (!distinct.has('') && distinct.size === day.length) {
    return numbered
      .sort((a, b) => compare(a.order![0], b.order![0]) || compare(a.order![1], b.order![1]))
      .map(({ statement }) => statement);
  }
  return chain(day.toSorted(compareTies), runningMinor);
}

/** Takes whichever continues the balance; else one whose opening no other leads to; else the next. */
function chain(left: SequencedStatement[], startMinor: bigint): SequencedStatement[] {
  const rest = [...left];
  const ordered: SequencedStatement[] = [];
  let runningMinor = startMinor;
  while (rest.length > 0) {
    let at = rest.findIndex((statement) => statement.openingMinor === runningMinor);
    if (at < 0) {
      const ends = new Set(rest.map((statement) => balanceAfter(statement, runningMinor)));
      at = rest.findIndex(({ openingMinor }) => openingMinor !== null && !ends.has(openingMinor));
    }
    const next = rest.splice(Math.max(at, 0), 1)[0]!;
    ordered.push(next);
    runningMinor = balanceAfter(next, runningMinor);
  }
  return ordered;
}

/**
 * What the statements leave unexplained, in sequence. `otherMinor(date)` is what else was posted
 * to the bank account up to and with a date (adjustments by people); it is counted toward the
 * first balance that could show it.
 *
 * With every item of the answer posted, the sum over a statement and all before it is its closing
 * balance: the gaps telescope.
 */
export function unexplained(
  ordered: readonly SequencedStatement[],
  otherMinor: (date: IsoDate) => bigint = () => 0n,
): Unexplained[] {
  const found: Unexplained[] = [];
  let runningMinor = 0n;
  let reached = '';
  let counted = 0n;
  let first = true;
  const countOthers = (date: IsoDate) => {
    if (date <= reached) return;
    const totalMinor = otherMinor(date);
    runningMinor += totalMinor - counted;
    counted = totalMinor;
    reached = date;
  };
  for (const statement of ordered) {
    const { id: statementId, bookedMinor } = statement;
    const opening = openingOf(statement);
    if (opening !== null) {
      countOthers(opening.date);
      const amountMinor = opening.amountMinor - runningMinor;
      if (amountMinor !== 0n) {
        found.push({ statementId, kind: first ? 'opening' : 'gap', date: opening.date, amountMinor });
      }
      runningMinor = opening.amountMinor;
    }
    runningMinor += bookedMinor;
    if (statement.closingMinor !== null) {
      const date = statement.closingDate ?? standingDate(statement);
      countOthers(date);
      const amountMinor = statement.closingMinor - runningMinor;
      if (amountMinor !== 0n) found.push({ statementId, kind: 'difference', date, amountMinor });
      runningMinor = statement.closingMinor;
    }
    first = false;
  }
  return found;
}

/** The opening balance; where only the closing is given, what the lines lead back to. */
function openingOf(statement: SequencedStatement): { amountMinor: bigint; date: IsoDate } | null {
  if (statement.openingMinor !== null) {
    return {
      amountMinor: statement.openingMinor,
      date: statement.openingDate ?? statement.firstDate ?? standingDate(statement),
    };
  }
  if (statement.closingMinor === null) return null;
  return {
    amountMinor: statement.closingMinor - statement.bookedMinor,
    date: statement.firstDate ?? standingDate(statement),
  };
}

/** A break as it stands in the books. */
export interface StandingBreak extends Unexplained {
  readonly id: bigint;
}

export interface BreakChanges {
  readonly close: readonly StandingBreak[];
  readonly open: readonly Unexplained[];
}

/** What has to change so that the breaks that stand are the ones that ought to. */
export function breakChanges(
  standing: readonly StandingBreak[],
  wanted: readonly Unexplained[],
): BreakChanges {
  // The date is left out: a break whose balance lay in a closed period was posted on the day after it.
  const key = ({ statementId, kind, amountMinor }: Unexplained) =>
    `${statementId} ${kind === 'difference' ? 'closing' : 'opening'} ${amountMinor}`;
  const standingKeys = new Set(standing.map(key));
  const wantedKeys = new Set(wanted.map(key));
  return {
    close: standing.filter((entry) => !wantedKeys.has(key(entry))),
    open: wanted.filter((entry) => !standingKeys.has(key(entry))),
  };
}
