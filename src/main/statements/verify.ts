/**
 * Law 1, the part between books and bank: at the end of each statement, in statement sequence, the
 * ledger's bank account holds the bank's closing balance.
 *
 * The ledger is asked for its balance as of the closing date. Banks book lines back to days whose
 * statement is closed, and ahead; so what the room posted up to that date is set against what it
 * posted up to that statement, and the rest is the ledger's own.
 */
import { formatAmount } from '../../contract/money.ts';
import { type IsoDate, yieldToLoop } from '../base/index.ts';
import { accountLabel } from './accounts.ts';
import { toSequenced } from './breaks.ts';
import type { StatementsContext } from './context.ts';
import type { BankAccountRow } from './rows.ts';
import { inSequence, type SequencedStatement } from './sequence.ts';

/** A closing balance that the ledger does not hold. */
export interface ClosingDifference {
  readonly bankAccountId: bigint;
  readonly statementId: bigint;
  readonly date: IsoDate;
  readonly currency: string;
  readonly bankMinor: bigint;
  readonly ledgerMinor: bigint;
}

/** Compares every closing balance, giving the event loop its turns. */
export type BankCheck = () => Promise<{
  readonly ok: boolean;
  readonly examined: number;
  readonly findings: string[];
}>;

export interface BankChecker {
  readonly verifyBank: BankCheck;
  /** What the last check found, the first of it; undefined where none has ended since the vault was opened. */
  lastDifferences(): readonly ClosingDifference[] | undefined;
}

/** What the room posted to the bank account of a statement on a date. */
interface Movement {
  /** Place of its statement in the sequence; -1 for what belongs to none any more. */
  readonly place: number;
  readonly date: IsoDate;
  readonly amountMinor: bigint;
}

/** Closing balance of a statement beside the ledger's balance at its end. */
export interface ClosingComparison {
  readonly statement: SequencedStatement;
  readonly bankMinor: bigint;
  readonly ledgerMinor: bigint;
}

type Compared = Pick<StatementsContext, 'store' | 'ledger'>;

function movementsOf(
  { store }: Compared,
  account: BankAccountRow,
  ordered: readonly SequencedStatement[],
): Movement[] {
  const places = new Map(ordered.map(({ id }, place) => [id, place]));
  const lines = store.daysOfAccount(account.id).map((day) => ({
    place: places.get(day.statementId)!,
    date: day.bookingDate,
    amountMinor: day.creditMinor - day.debitMinor,
  }));
  const breaks = store.standingBreaks(account.id).map((row) => ({
    place: places.get(row.statementId)!,
    date: row.effectiveDate,
    amountMinor: row.amountMinor,
  }));
  // A closed break and its reversal meet unless a period was closed between them.
  const closed = store.closedMovements(account.id).map((movement) => ({ place: -1, ...movement }));
  return [...lines, ...breaks, ...closed];
}

/** Sums of what is sorted by a key, up to and with each key. */
function runningSums<K extends number | string>(movements: readonly Movement[], keyOf: (one: Movement) => K) {
  const sorted = movements.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  let at = 0;
  let sum = 0n;
  /** To be asked with keys that ascend. */
  return (key: K): bigint => {
    while (at < sorted.length && keyOf(sorted[at]!) <= key) {
      sum += sorted[at]!.amountMinor;
      at += 1;
    }
    return sum;
  };
}

/** The account's statements with a closing balance, in sequence, each compared with the ledger. */
export function* compareClosings(
  context: Compared,
  account: BankAccountRow,
): Generator<ClosingComparison, void, void> {
  const { store, ledger } = context;
  const ordered = inSequence(store.statementsOfAccount(account.id).map(toSequenced));
  const movements = movementsOf(context, account, ordered);
  const upToPlace = runningSums(movements, ({ place }) => place);
  const upToDate = runningSums(movements, ({ date }) => date);
  for (const [place, statement] of ordered.entries()) {
    const { closingMinor, closingDate } = statement;
    if (closingMinor === null || closingDate === null) continue;
    const asOfMinor = ledger.balanceMinor(account.ledgerAccountId, { asOf: closingDate });
    const ledgerMinor = asOfMinor - upToDate(closingDate) + upToPlace(place);
    yield { statement, bankMinor: closingMinor, ledgerMinor };
  }
}

/** The newest closing balance of an account compared with the ledger; `undefined` where it has none. */
export function compareNewestClosing(
  context: Compared,
  account: BankAccountRow,
): ClosingComparison | undefined {
  const { store, ledger } = context;
  const ordered = inSequence(store.statementsOfAccount(account.id).map(toSequenced));
  const place = ordered.findLastIndex(
    ({ closingMinor, closingDate }) => closingMinor !== null && closingDate !== null,
  );
  const statement = ordered[place];
  if (statement === undefined) return undefined;
  // What came after that statement is taken off the balance of today, which costs no look back.
  const later = movementsOf(context, account, ordered).filter((movement) => movement.place > place);
  const ledgerMinor = later.reduce(
    (sum, { amountMinor }) => sum - amountMinor,
    ledger.balanceMinor(account.ledgerAccountId),
  );
  return { statement, bankMinor: statement.closingMinor!, ledgerMinor };
}

/** Most findings that are written out one by one. */
const MOST_FINDINGS = 50;
/** Milliseconds after which the event loop gets a turn. */
const SLICE_MS = 10;

/** Readings of an account that an import may spoil before one is taken without a pause. */
const MOST_RETRIES = 3;

export function createBankCheck(context: StatementsContext): BankChecker {
  const { store, ledger, runtime } = context;
  let sliceStartMs = 0;
  let last: readonly ClosingDifference[] | undefined;

  async function breathe(): Promise<void> {
    if (runtime.monotonicMs() - sliceStartMs < SLICE_MS) return;
    await yieldToLoop();
    sliceStartMs = runtime.monotonicMs();
  }

  /** An account's comparisons of one state of the books: where an import came in between they are read again. */
  async function comparisons(account: BankAccountRow): Promise<ClosingComparison[]> {
    for (let retry = 0; retry < MOST_RETRIES; retry += 1) {
      const entriesBefore = ledger.entryCount();
      const found: ClosingComparison[] = [];
      for (const comparison of compareClosings(context, account)) {
        found.push(comparison);
        await breathe();
      }
      if (ledger.entryCount() === entriesBefore) return found;
    }
    return [...compareClosings(context, account)];
  }

  const verifyBank: BankCheck = async () => {
    const findings: string[] = [];
    const differences: ClosingDifference[] = [];
    let examined = 0;
    sliceStartMs = runtime.monotonicMs();
    for (const account of store.bankAccounts()) {
      const label = accountLabel(account.ordinal, account.currency);
      const amount = (minor: bigint) => `${formatAmount(minor, account.currency)} ${account.currency}`;
      for (const { statement, bankMinor, ledgerMinor } of await comparisons(account)) {
        examined += 1;
        if (bankMinor === ledgerMinor || findings.length >= MOST_FINDINGS) continue;
        differences.push({
          bankAccountId: account.id,
          statementId: statement.id,
          date: statement.closingDate!,
          currency: account.currency,
          bankMinor,
          ledgerMinor,
        });
        findings.push(
          `${label}: statement ${statement.id} of ${statement.closingDate} closes with ${amount(bankMinor)}, the ledger holds ${amount(ledgerMinor)}.`,
        );
      }
    }
    last = differences;
    return { ok: findings.length === 0, examined, findings };
  };
  return { verifyBank, lastDifferences: () => last };
}
