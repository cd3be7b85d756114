/** The sources of breaks that there are: statements, lines that nothing explains, pre-postings, the books. */
import { calendarOf, type IsoDate } from '../base/index.ts';
import type { ClosingDifference, OpenBreak, Statements } from '../statements/index.ts';
import { latestOfAge } from './ageing.ts';
import type { BreakCause, BreakSource, PrePosted, PrePostReader } from './causes.ts';

function ofStatement(row: OpenBreak): BreakCause {
  return {
    kind: row.kind,
    key: row.id.toString(),
    bankAccountId: row.bankAccountId,
    currency: row.currency,
    amountMinor: row.amountMinor,
    sinceDate: row.date,
    holding: { role: 'statement-differences', amountMinor: -row.amountMinor },
    source: { kind: 'statement', id: row.statementId.toString() },
  };
}

/** Money that the statements of an account leave unexplained. */
export function statementSource(statements: Pick<Statements, 'openBreaks'>): BreakSource {
  return {
    kinds: ['opening', 'gap', 'difference'],
    current: () => statements.openBreaks().map(ofStatement),
    find: (kind, key) =>
      statements
        .openBreaks()
        .map(ofStatement)
        .find((cause) => cause.kind === kind && cause.key === key),
  };
}

/** A booked line that no match settles. */
export interface UnsettledLine {
  readonly transactionId: bigint;
  readonly bankAccountId: bigint;
  readonly currency: string;
  /** Signed: credit is positive. */
  readonly amountMinor: bigint;
  readonly bookingDate: IsoDate;
}

export interface UnsettledLines {
  /** Lines booked up to a day, in ascending ids. */
  unsettledUpTo(date: IsoDate): Iterable<UnsettledLine>;
  unsettled(transactionId: bigint): UnsettledLine | undefined;
}

function ofLine(line: UnsettledLine): BreakCause {
  return {
    kind: 'unmatched',
    key: line.transactionId.toString(),
    bankAccountId: line.bankAccountId,
    currency: line.currency,
    amountMinor: line.amountMinor,
    sinceDate: line.bookingDate,
    holding: { role: 'unapplied-cash', amountMinor: -line.amountMinor },
    source: { kind: 'bank-transaction', id: line.transactionId.toString() },
  };
}

/** Lines that nothing has explained for as many business days as the desk gives them. */
export function unmatchedSource(
  lines: UnsettledLines,
  today: () => IsoDate,
  afterDays: () => number,
): BreakSource {
  return {
    kinds: ['unmatched'],
    *current() {
      const [now, days] = [today(), afterDays()];
      const latest = new Map<string, IsoDate>();
      for (const line of lines.unsettledUpTo(latestOfAge(now, days, 'weekdays'))) {
        const { currency, bookingDate } = line;
        const until = latest.get(currency) ?? latestOfAge(now, days, calendarOf(currency));
        latest.set(currency, until);
        if (bookingDate <= until) yield ofLine(line);
      }
    },
    // A line that is a break stays one when the desk becomes more patient.
    isForgetful: true,
    find(_kind, key) {
      const line = lines.unsettled(BigInt(key));
      return line && ofLine(line);
    },
  };
}

function ofPrePost(row: PrePosted): BreakCause {
  return {
    kind: 'pre-post',
    key: row.key,
    bankAccountId: row.bankAccountId,
    currency: row.currency,
    amountMinor: row.amountMinor,
    sinceDate: row.confirmBy,
    // What never came was never ours to give up: its match is undone, and the invoice is open again.
    holding: null,
    source: row.source,
  };
}

/** Pre-postings that no statement has confirmed by their deadline. */
export function prePostSource(
  reader: Pick<PrePostReader, 'overdue' | 'find'>,
  today: () => IsoDate,
): BreakSource {
  return {
    kinds: ['pre-post'],
    *current() {
      for (const row of reader.overdue(today())) yield ofPrePost(row);
    },
    find(_kind, key) {
      const row = reader.find(key);
      return row && ofPrePost(row);
    },
  };
}

function ofDifference(row: ClosingDifference): BreakCause {
  return {
    kind: 'books',
    key: row.statementId.toString(),
    bankAccountId: row.bankAccountId,
    currency: row.currency,
    amountMinor: row.ledgerMinor - row.bankMinor,
    sinceDate: row.date,
    holding: null,
    source: { kind: 'statement', id: row.statementId.toString() },
  };
}

/** Where the last verification found that the ledger and the bank differ; unknown until there was one. */
export function booksSource(lastFound: () => readonly ClosingDifference[] | undefined): BreakSource {
  return {
    kinds: ['books'],
    current: () => lastFound()?.map(ofDifference),
    find: (_kind, key) => {
      const row = lastFound()?.find(({ statementId }) => statementId.toString() === key);
      return row && ofDifference(row);
    },
  };
}
