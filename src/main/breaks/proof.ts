/**
 * The proof of a day: what the books say of a bank account against what the bank says, and the lines that
 * lie between. Pure.
 *
 * The ledger holds lines, breaks and what people posted. Without its breaks (but with the balance that an
 * account was taken over with), and with what is in transit, it is what we have papers for: the books. Books less bank is the gap. By the law of statements the ledger
 * holds the closing balance at the end of each statement, in sequence; so the gap consists of what is in
 * transit, the breaks up to that statement, lines that lie on the other side of it than their date, and
 * what people posted since. Whatever else is left over is an error in the books, and is shown as one.
 */
import type { ProofLineKind } from '../../contract/breaks.ts';
import type { IsoDate } from '../base/index.ts';
import type { EntrySource } from '../ledger/index.ts';
import type { AccountFacts } from '../statements/index.ts';

/** What is in transit at the end of the day. */
export interface TransitFact {
  readonly date: IsoDate;
  readonly amountMinor: bigint;
  readonly source: EntrySource;
}

/** An entry on the account that no line and no break made. */
export interface HandPosting {
  readonly entryId: string;
  readonly record: bigint;
  readonly date: IsoDate;
  readonly amountMinor: bigint;
}

export interface ProofInput {
  readonly date: IsoDate;
  /** The ledger's balance of the account at the end of the day. */
  readonly ledgerMinor: bigint;
  readonly account: Pick<AccountFacts, 'statements' | 'days' | 'breaks' | 'breakMovements' | 'lastRecord'>;
  readonly inTransit: readonly TransitFact[];
  /** Dated up to the day. */
  readonly byHand: readonly HandPosting[];
}

export interface ProvenLine {
  readonly kind: ProofLineKind;
  readonly date: IsoDate;
  /** What it adds to the gap. */
  readonly amountMinor: bigint;
  readonly count: number;
  readonly source: EntrySource;
  /** The statement break that it is. */
  readonly statementBreakId?: bigint;
}

export interface ProvenDay {
  readonly ledgerMinor: bigint;
  readonly breaksMinor: bigint;
  readonly inTransitMinor: bigint;
  readonly booksMinor: bigint;
  readonly bank: {
    readonly amountMinor: bigint;
    readonly date: IsoDate;
    readonly statementId: bigint;
  } | null;
  readonly lines: readonly ProvenLine[];
  readonly explainedMinor: bigint;
  readonly differenceMinor: bigint | null;
  readonly gapMinor: bigint | null;
  readonly unexplainedMinor: bigint | null;
}

type Break = AccountFacts['breaks'][number];

const sum = (amounts: readonly { readonly amountMinor: bigint }[]): bigint =>
  amounts.reduce((total, { amountMinor }) => total + amountMinor, 0n);

/** The newest statement that closes up to the day, and its place in the sequence; -1 where none does. */
function closingAt({ statements }: ProofInput['account'], date: IsoDate) {
  const place = statements.findLastIndex(
    ({ closingMinor, closingDate }) => closingMinor !== null && closingDate !== null && closingDate <= date,
  );
  const statement = statements[place];
  const bank =
    statement === undefined
      ? null
      : { amountMinor: statement.closingMinor!, date: statement.closingDate!, statementId: statement.id };
  return { place, bank };
}

/** Lines on the other side of the statement than their date, one for each statement. */
function* displacedLines({ account, date }: ProofInput, place: number): Generator<ProvenLine, void, void> {
  const byStatement = Map.groupBy(account.days, ({ statementId }) => statementId);
  for (const [at, { id }] of account.statements.entries()) {
    const isLater = at > place;
    const days = (byStatement.get(id) ?? []).filter((day) => day.date <= date === isLater);
    const amountMinor = sum(days);
    if (amountMinor === 0n) continue;
    const dates = days.map((day) => day.date).sort();
    yield {
      kind: isLater ? 'later-statement' : 'booked-ahead',
      date: isLater ? dates.at(-1)! : dates[0]!,
      amountMinor: isLater ? amountMinor : -amountMinor,
      count: days.reduce((total, { count }) => total + count, 0),
      source: { kind: 'statement', id: id.toString() },
    };
  }
}

/**
 * What the first statement began with was taken over, and is no gap. Only where its period was closed, so that
 * it was posted later than it stands, does it lie between books and bank for those days.
 */
const isTakenOver = ({ kind, date }: Break, day: IsoDate): boolean => kind === 'opening' && date <= day;

function* breakLines({ account, date: day }: ProofInput, place: number): Generator<ProvenLine, void, void> {
  const places = new Map(account.statements.map(({ id }, at) => [id, at]));
  for (const one of account.breaks) {
    const { id, statementId, kind, date } = one;
    const isUpTo = (places.get(statementId) ?? Number.POSITIVE_INFINITY) <= place;
    const amountMinor = (isTakenOver(one, day) ? one.amountMinor : 0n) - (isUpTo ? one.amountMinor : 0n);
    if (amountMinor === 0n) continue;
    const source = { kind: 'statement', id: statementId.toString() };
    yield { kind, date, amountMinor, count: 1, source, statementBreakId: id };
  }
}

/**
 * What people posted and no statement has taken up: dated after the closing balance, or known only after the
 * last statement was read. The breaks of each statement take up everything before.
 */
function* handLines({ account, byHand }: ProofInput, bankDate: IsoDate): Generator<ProvenLine, void, void> {
  for (const { entryId, record, date, amountMinor } of byHand) {
    if (date <= bankDate && record < account.lastRecord) continue;
    yield { kind: 'by-hand', date, amountMinor, count: 1, source: { kind: 'entry', id: entryId } };
  }
}

/** Proves one account on one day. */
export function proveDay(input: ProofInput): ProvenDay {
  const { ledgerMinor, account, date, inTransit } = input;
  const breaksMinor =
    sum(account.breakMovements.filter((movement) => movement.date <= date)) -
    sum(account.breaks.filter((one) => isTakenOver(one, date)));
  const inTransitMinor = sum(inTransit);
  const booksMinor = ledgerMinor - breaksMinor + inTransitMinor;
  const { place, bank } = closingAt(account, date);
  const transitLines = inTransit.map((one): ProvenLine => ({ ...one, kind: 'in-transit', count: 1 }));
  const lines =
    bank === null
      ? transitLines
      : [
          ...breakLines(input, place),
          ...transitLines,
          ...displacedLines(input, place),
          ...handLines(input, bank.date),
        ];
  const explainedMinor = sum(lines);
  const gapMinor = bank === null ? null : booksMinor - bank.amountMinor;
  return {
    ...{ ledgerMinor, breaksMinor, inTransitMinor, booksMinor, bank, lines, explainedMinor, gapMinor },
    differenceMinor: bank === null ? null : ledgerMinor - bank.amountMinor,
    unexplainedMinor: gapMinor === null ? null : gapMinor - explainedMinor,
  };
}
