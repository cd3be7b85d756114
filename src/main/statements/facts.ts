/** What a proof of an account's day is made of: statements in sequence, their days, and what breaks posted. */
import type { IsoDate } from '../base/index.ts';
import { unlessErased } from '../sealing/index.ts';
import { openAccount } from './accounts.ts';
import { toSequenced } from './breaks.ts';
import type { StatementsContext } from './context.ts';
import { type BreakKind, inSequence } from './sequence.ts';

export interface StatementFacts {
  readonly id: bigint;
  readonly closingMinor: bigint | null;
  readonly closingDate: IsoDate | null;
}

/** The booked lines of one statement on one day, summed. */
export interface DayFacts {
  readonly statementId: bigint;
  readonly date: IsoDate;
  readonly amountMinor: bigint;
  readonly count: number;
}

export interface AccountFacts {
  readonly id: bigint;
  readonly ledgerAccountId: bigint;
  readonly currency: string;
  /** In the order in which the bank made them. */
  readonly statements: readonly StatementFacts[];
  readonly days: readonly DayFacts[];
  /** Breaks that stand; each is posted to the account. */
  readonly breaks: readonly {
    readonly id: bigint;
    readonly statementId: bigint;
    readonly kind: BreakKind;
    readonly date: IsoDate;
    readonly amountMinor: bigint;
    readonly entryId: Buffer;
  }[];
  /** Everything that breaks posted to the account, those that were taken back and their reversals too. */
  readonly breakMovements: readonly { readonly date: IsoDate; readonly amountMinor: bigint }[];
  /** The newest record by which a statement of the account counts; 0 where there is none. */
  readonly lastRecord: bigint;
}

export interface AccountFactsReader {
  /** Undefined where there is no such account that counts. */
  accountFacts(bankAccountId: bigint): AccountFacts | undefined;
  /** Ids and numbers of the accounts that count; a number that was erased is `erased`. */
  accountNumbers(): { readonly id: bigint; readonly number: string }[];
  /** The account of each of these lines that is booked; what only informs is left out. */
  bookedAccountsOf(transactionIds: readonly bigint[]): ReadonlyMap<bigint, bigint>;
}

export function createFactsReader(context: StatementsContext): AccountFactsReader {
  const { store } = context;
  return {
    accountFacts(bankAccountId) {
      const account = store.bankAccount(bankAccountId);
      if (account === undefined || account.record === null) return undefined;
      const rows = store.statementsOfAccount(bankAccountId);
      return {
        id: account.id,
        ledgerAccountId: account.ledgerAccountId,
        currency: account.currency,
        statements: inSequence(rows.map(toSequenced)),
        days: store.daysOfAccount(bankAccountId).map((day) => ({
          statementId: day.statementId,
          date: day.bookingDate,
          amountMinor: day.creditMinor - day.debitMinor,
          count: Number(day.bookedCount),
        })),
        breaks: store
          .standingBreaks(bankAccountId)
          .map(({ effectiveDate, ...row }) => ({ ...row, date: effectiveDate })),
        breakMovements: store.breakMovements(bankAccountId),
        lastRecord: rows.reduce((last, { record }) => (record !== null && record > last ? record : last), 0n),
      };
    },
    accountNumbers: () =>
      store.bankAccounts().map((row) => ({
        id: row.id,
        number: unlessErased(() => openAccount(context, row).number) ?? 'erased',
      })),
    bookedAccountsOf: (ids) =>
      new Map(
        store
          .transactionsByIds(ids)
          .filter(({ informs, status }) => informs === 0n && status === 'booked')
          .map(({ id, bankAccountId }) => [id, bankAccountId]),
      ),
  };
}
