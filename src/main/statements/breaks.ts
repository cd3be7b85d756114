/** Settles what the statements of an account leave unexplained: posts it, and takes back what a late statement explains. */

import { formatAmount } from '../../contract/money.ts';
import { addDays, type IsoDate } from '../base/index.ts';
import type { NewEntry } from '../ledger/index.ts';
import type { OwnAccount } from './accounts.ts';
import type { StatementsContext } from './context.ts';
import type { StatementRecord } from './rows.ts';
import {
  breakChanges,
  inSequence,
  type SequencedStatement,
  type StandingBreak,
  type Unexplained,
  unexplained,
} from './sequence.ts';

/** What the publication of an import changes in the books beside its lines. */
export interface BooksChange {
  readonly entries: readonly NewEntry[];
  readonly warnings: readonly string[];
  readonly breaks: readonly { readonly action: 'open' | 'close'; readonly kind: string }[];
  /** One line for each change, for the audit record. */
  readonly detail: readonly { readonly [key: string]: string }[];
  /** Writes the breaks' own rows under the record of the import. */
  write(record: bigint): void;
}

export interface BreakRequest {
  readonly importId: bigint;
  readonly accounts: readonly OwnAccount[];
  readonly newId: () => Buffer;
  readonly closedThrough: IsoDate | null;
}

/** The rule's view of a statement's row. */
export function toSequenced(row: StatementRecord): SequencedStatement {
  return { ...row, identity: row.identity!.toString('hex') };
}

/**
 * What else than statement lines and breaks moved the bank account, up to and with a date; the
 * answer is zero everywhere unless a person posted to it. Rows of the import under way are not
 * in the ledger's balances yet and are left out.
 */
export function otherMovements(
  { store, ledger }: Pick<StatementsContext, 'store' | 'ledger'>,
  bankAccountId: bigint,
  ledgerAccountId: bigint,
): (date: IsoDate) => bigint {
  const own = [
    ...store
      .daysOfAccount(bankAccountId)
      .map((day) => ({ date: day.bookingDate, amountMinor: day.creditMinor - day.debitMinor })),
    ...store.breakMovements(bankAccountId),
  ];
  const ownMinor = own.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (ledger.balanceMinor(ledgerAccountId) === ownMinor) return () => 0n;
  return (date) => {
    const upTo = own.reduce(
      (sum, movement) => (movement.date <= date ? sum + movement.amountMinor : sum),
      0n,
    );
    return ledger.balanceMinor(ledgerAccountId, { asOf: date }) - upTo;
  };
}

/** Works out, for the accounts an import touches, which breaks close and which open. */
export function bookBreaks(context: StatementsContext, request: BreakRequest): BooksChange {
  const { store, ledger } = context;
  const { importId, closedThrough, newId } = request;
  const entries: NewEntry[] = [];
  const warnings: string[] = [];
  const detail: { [key: string]: string }[] = [];
  const breaks: { action: 'open' | 'close'; kind: string }[] = [];
  const writes: ((record: bigint) => void)[] = [];
  // What a closed period holds stays as it is: the day after it is the first that can take an entry.
  const openDate = (date: IsoDate) =>
    closedThrough !== null && date <= closedThrough ? addDays(closedThrough, 1) : date;

  for (const account of request.accounts) {
    const rows = store.statementsOfAccount(account.id, importId);
    const ordered = inSequence(rows.map(toSequenced));
    const own = new Set(rows.filter(({ record }) => record === null).map(({ id }) => id));
    const bank = account.ledgerAccountId!;
    const wanted = unexplained(ordered, otherMovements(context, account.id, bank));
    const standing = store.standingBreaks(account.id);
    const asRule = standing.map((row): StandingBreak => ({ ...row, date: row.effectiveDate }));
    const changes = breakChanges(asRule, wanted);
    const post = (amountMinor: bigint, effectiveDate: IsoDate, statementId: bigint, reverses?: Buffer) => {
      const id = newId();
      entries.push({
        id,
        effectiveDate,
        reason: reverses === undefined ? 'statement.difference' : 'reversal',
        source: { kind: 'statement', id: statementId.toString() },
        postings: [
          { accountId: bank, amountMinor },
          {
            accountId: ledger.roleAccount('statement-differences', account.currency),
            amountMinor: -amountMinor,
          },
        ],
        ...(reverses === undefined ? {} : { reverses }),
      });
      return id;
    };
    for (const closing of changes.close) {
      const row = standing.find(({ id }) => id === closing.id)!;
      const effectiveDate = openDate(row.effectiveDate);
      const entryId = post(-row.amountMinor, effectiveDate, row.statementId, row.entryId);
      writes.push((record) => store.closeBreak(row.id, effectiveDate, entryId, record));
      breaks.push({ action: 'close', kind: row.kind });
      detail.push({
        action: 'close',
        break: row.id.toString(),
        statement: row.statementId.toString(),
        amountMinor: row.amountMinor.toString(),
      });
      warnings.push(closedWarning(closing, account, changes.open));
    }
    for (const opening of changes.open) {
      const effectiveDate = openDate(opening.date);
      const entryId = post(opening.amountMinor, effectiveDate, opening.statementId);
      const { statementId, kind, amountMinor } = opening;
      writes.push((record) =>
        store.insertBreak({
          statementId,
          bankAccountId: account.id,
          kind,
          effectiveDate,
          amountMinor,
          entryId,
          record,
        }),
      );
      breaks.push({ action: 'open', kind });
      detail.push({
        action: 'open',
        kind,
        statement: statementId.toString(),
        amountMinor: amountMinor.toString(),
      });
      if (own.has(statementId)) warnings.push(openedWarning(opening, account));
    }
    warnings.push(...sequenceWarnings(ordered, own, wanted, account));
  }
  return {
    entries,
    warnings,
    breaks,
    detail,
    write: (record) => {
      for (const write of writes) write(record);
    },
  };
}

const amountText = (amountMinor: bigint, { currency }: OwnAccount) =>
  `${formatAmount(amountMinor, currency)} ${currency}`;

function openedWarning({ kind, date, amountMinor }: Unexplained, account: OwnAccount): string {
  const amount = amountText(amountMinor, account);
  const posted = 'it was posted to Statement differences and opened a break.';
  switch (kind) {
    case 'opening':
      return `${account.label} begins with a balance of ${amount} on ${date}; ${posted}`;
    case 'gap':
      return `Gap: the opening balance of ${date} on ${account.label} differs from the ledger by ${amount}, so a statement seems to be missing before it; ${posted}`;
    case 'difference':
      return `The lines of ${account.label} miss the closing balance of ${date} by ${amount}; ${posted}`;
  }
}

function closedWarning(closed: StandingBreak, account: OwnAccount, opened: readonly Unexplained[]): string {
  const rest = opened.find(
    ({ statementId, kind }) => statementId === closed.statementId && kind !== 'difference',
  );
  const left = rest === undefined ? '' : ` ${amountText(rest.amountMinor, account)} of it stays open.`;
  return `An earlier statement of ${account.label} explains the difference of ${amountText(closed.amountMinor, account)} on ${closed.date}, which was reversed.${left}`;
}

/** Numbers that jump although the balances meet, and days that two statements both report. */
function sequenceWarnings(
  ordered: readonly SequencedStatement[],
  own: ReadonlySet<bigint>,
  wanted: readonly Unexplained[],
  account: OwnAccount,
): string[] {
  const gaps = new Set(wanted.filter(({ kind }) => kind === 'gap').map(({ statementId }) => statementId));
  const warnings: string[] = [];
  for (let i = 1; i < ordered.length; i += 1) {
    const before = ordered[i - 1]!;
    const after = ordered[i]!;
    if (!own.has(before.id) && !own.has(after.id)) continue;
    if (
      gaps.has(after.id) &&
      before.lastDate !== null &&
      after.firstDate !== null &&
      after.firstDate < before.lastDate
    ) {
      warnings.push(
        `Two statements of ${account.label} both report days between ${after.firstDate} and ${before.lastDate}, and their balances do not meet: lines may be there twice.`,
      );
    }
    const [from, to] = [
      Number(before.sequenceNumber ?? Number.NaN),
      Number(after.sequenceNumber ?? Number.NaN),
    ];
    const sameYear = before.closingDate?.slice(0, 4) === after.closingDate?.slice(0, 4);
    if (sameYear && !gaps.has(after.id) && to > from + 1 && to - from < 1_000) {
      warnings.push(
        `The bank's numbers of the statements of ${account.label} jump from ${from} to ${to}, although the balances meet.`,
      );
    }
  }
  return warnings;
}
