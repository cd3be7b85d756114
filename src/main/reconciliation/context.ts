/** What the files of the room share. */
import type { Recorder } from '../audit/index.ts';
import type { IsoDate, Metrics, Runtime } from '../base/index.ts';
import type { Ledger, NewEntry } from '../ledger/index.ts';
import type { Receivables } from '../receivables/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Statements } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import type { DeskRules } from './desk-rules.ts';
import type { Learning } from './learning.ts';
import type { Payments } from './payments.ts';
import type { MatchPolicy } from './policy.ts';
import type { AccountPosting, RolePosting } from './reallocation.ts';
import type { Scorer } from './scorer.ts';
import type { ReconciliationStore } from './store.ts';

/** Version of the rules; kept with every match. */
export const ENGINE_VERSION = 'rules-1';

export interface ReconciliationOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Recorder;
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly receivables: Receivables;
  readonly runtime: Runtime;
  readonly metrics?: Pick<Metrics, 'reconciliationDecisionsTotal' | 'reconciliationDiscrepanciesTotal'>;
  readonly scorer?: Scorer;
  /** Payments that single messages told of. */
  readonly payments?: Payments;
  readonly policy?: MatchPolicy;
  /** What the desk has written; none where it is left out. */
  readonly rules?: DeskRules;
  /** Whether a line's money was written off: then it settles nothing until that is taken back. */
  readonly isWrittenOff?: (transactionId: bigint) => boolean;
}

export interface ReconciliationContext extends ReconciliationOptions {
  readonly scorer: Scorer;
  readonly payments: Payments;
  readonly policy: MatchPolicy;
  readonly rules: DeskRules;
  readonly store: ReconciliationStore;
  readonly learning: Learning;
  readonly newId: () => Buffer;
}

/** What the room needs of a transaction to write about it. */
export interface TransactionFacts {
  readonly id: bigint;
  /** No statement has it yet: it stands against In-transit, not Unapplied cash. */
  readonly isPayment: boolean;
  readonly bookingDate: IsoDate;
  readonly direction: 'credit' | 'debit';
  readonly currency: string;
  /** Signed: credit is positive. Without what returns took back. */
  readonly moneyMinor: bigint;
  /** What returns took back, unsigned. */
  readonly returnedMinor: bigint;
}

/** A journal entry of postings by role; the accounts are made where they are missing. */
export function roleEntry(
  context: Pick<ReconciliationContext, 'ledger' | 'newId'>,
  entry: {
    readonly effectiveDate: IsoDate;
    /** Of every posting that names no other. */
    readonly currency: string;
    /** The match it is of; of a clearing the payment. */
    readonly matchId: bigint;
    readonly sourceKind?: string;
    readonly postings: readonly (RolePosting | AccountPosting)[];
    readonly reverses?: Buffer;
    readonly reason?: string;
  },
): NewEntry {
  const { reverses } = entry;
  return {
    id: context.newId(),
    effectiveDate: entry.effectiveDate,
    reason: entry.reason ?? 'match.reallocate',
    source: { kind: entry.sourceKind ?? 'match', id: entry.matchId.toString() },
    ...(reverses === undefined ? {} : { reverses }),
    postings: entry.postings.map((posting) => {
      const { amountMinor } = posting;
      if ('accountId' in posting)
        return { accountId: posting.accountId, amountMinor, currency: entry.currency };
      const { role, currency = entry.currency } = posting;
      return { accountId: context.ledger.roleAccount(role, currency), amountMinor, currency };
    }),
  };
}

/** Unsigned size of a settlement, as receivables counts it. */
export function magnitude(amountMinor: bigint): bigint {
  return amountMinor < 0n ? -amountMinor : amountMinor;
}
