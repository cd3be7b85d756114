/**
 * Law 1, the part between books and bank: at the end of each statement, in statement sequence, the
 * ledger's bank account holds the bank's closing balance.
 *
 * The ledger is asked for its balance as of the closing date. Lines of later statements that a bank
 * books back to that date, and lines of this or earlier ones that it books ahead of it, are
 * counted on their own side of the statement.
 */

import { formatAmount } from '../../contract/money.ts';
import type { IsoDate } from '../base/index.ts';
import { accountLabel } from './accounts.ts';
import { toSequenced } from './breaks.ts';
import type { StatementsContext } from './context.ts';
import type { BankAccountRow } from './rows.ts';
import { inSequence, type SequencedStatement } from './sequence.ts';

export type BankCheck = () => {
  readonly ok: boolean;
  readonly examined: number;
  readonly findings: string[];
};

interface Movement {
  /** Place of its statement in the sequence. */
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

/** The account's statements with a closing balance, in sequence, each compared with the ledger. */
export function compareClosings(
  { store, ledger }: Pick<StatementsContext, 'store' | 'ledger'>,
  account: BankAccountRow,
): ClosingComparison[] {
  const ordered = inSequence(store.statementsOfAccount(account.id).map(toSequenced));
  const places = new Map(ordered.map(({ id }, place) => [id, place]));
  const movements: Movement[] = store.daysOfAccount(account.id).map((day) => ({
    place: places.get(day.statementId)!,
    date: day.bookingDate,
    amountMinor: day.creditMinor - day.debitMinor,
  }));
  for (const row of store.standingBreaks(account.id)) {
    movements.push({
      place: places.get(row.statementId)!,
      date: row.effectiveDate,
      amountMinor: row.amountMinor,
    });
  }
  // A closed break and its reversal stand on one date unless a period was closed between them.
  for (const { date, amountMinor } of store.closedMovements(account.id)) {
    movements.push({ place: -1, date, amountMinor });
  }
  return ordered.flatMap((statement, place) => {
    if (statement.closingMinor === null || statement.closingDate === null) return [];
    const asOf = statement.closingDate;
    let ledgerMinor = ledger.balanceMinor(account.ledgerAccountId, { asOf });
    for (const movement of movements) {
      if (movement.place > place && movement.date <= asOf) ledgerMinor -= movement.amountMinor;
      if (movement.place <= place && movement.date > asOf) ledgerMinor += movement.amountMinor;
    }
    return [{ statement, bankMinor: statement.closingMinor, ledgerMinor }];
  });
}

/** Most findings that are written out one by one. */
const MOST_FINDINGS = 50;

export function createBankCheck(context: StatementsContext): BankCheck {
  return () => {
    const findings: string[] = [];
    let examined = 0;
    for (const account of context.store.bankAccounts()) {
      for (const { statement, bankMinor, ledgerMinor } of compareClosings(context, account)) {
        examined += 1;
        if (bankMinor === ledgerMinor || findings.length >= MOST_FINDINGS) continue;
        const amount = (minor: bigint) => `${formatAmount(minor, account.currency)} ${account.currency}`;
        findings.push(
          `${accountLabel(account.ordinal, account.currency)}: statement ${statement.id} of ${statement.closingDate} closes with ${amount(bankMinor)}, the ledger holds ${amount(ledgerMinor)}.`,
        );
      }
    }
    return { ok: findings.length === 0, examined, findings };
  };
}
