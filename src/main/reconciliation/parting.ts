/** A payment and the line that was said to be it stand by themselves again. */

import type { JournalEntry } from '../../contract/ledger.ts';
import { idFromText } from '../base/index.ts';
import type { ChangeSet } from './changes.ts';
import { type ReconciliationContext, roleEntry } from './context.ts';
import { factsOf, type TransactionTold } from './inputs.ts';
import { clearingPostings, effectiveDate, opposite } from './reallocation.ts';
import { undecided } from './states.ts';

export interface Parting {
  /** Each with what it says by itself. */
  readonly line: TransactionTold;
  readonly payment: TransactionTold;
  /** The entry by which the line cleared the payment's money; absent where it cleared none that still stands. */
  readonly clearing: JournalEntry | undefined;
  /** A bank took the payment back before a line seemed to bring it: nothing of it is decided. */
  readonly isRejected: boolean;
}

interface Changing {
  readonly context: ReconciliationContext;
  readonly changes: ChangeSet;
}

/** Decides a transaction anew; of the sets of items that people rejected none is made. */
type Decide = (transaction: TransactionTold, rejected?: ReadonlySet<string>) => void;

/**
 * A match that came with the payment goes back to it, and so does the money that the line had cleared. A match
 * of the line's own stays the line's. What has no match then is decided anew, unless a person has left it alone.
 */
export function part(at: Changing, parting: Parting, decide: Decide): void {
  const { context, changes } = at;
  const { store } = context;
  const { line, payment, clearing, isRejected } = parting;
  const facts = factsOf(line);
  const state = store.state(line.id);
  const match = state?.matchId == null ? undefined : store.match(state.matchId);
  for (const { id } of [line, payment]) changes.subject('bank-transaction', id);
  const rejected = carryRejections(at, line.id, payment.id);
  const isCarried =
    match?.prePosted === 1n && clearing !== undefined && facts.moneyMinor === factsOf(payment).moneyMinor;
  if (isCarried) {
    changes.carry({ payment: state!, line: factsOf(payment), match });
    unclear(at, payment, clearing);
  } else if (match?.prePosted === 1n) {
    changes.end({ facts, match, allocations: store.allocationsOf(match.id), endedBy: 'person' });
  }
  if (!isCarried && !isRejected) decidePayment(at, payment, rejected, decide);
  const isLeftAlone = state?.decidedBy === 'person' && match === undefined;
  if ((match !== undefined && match.prePosted === 0n) || isLeftAlone) return;
  changes.say({ action: 'unmatched', transaction: line.id, suggestions: 0, sets: [] });
  changes.write(() => {
    store.removeSuggestions(line.id);
    store.putState(undecided(facts));
  });
  if (!context.isWrittenOff?.(line.id)) decide(line);
}

/** What people rejected of the money while it was the line's they rejected of the payment; null: whatever may come. */
function carryRejections({ context, changes }: Changing, from: bigint, to: bigint): Set<string | null> {
  const { store } = context;
  const known = new Set(store.rejectionsOf(to).map(({ openItems }) => openItems));
  for (const rejection of store.rejectionsOf(from).reverse()) {
    if (known.has(rejection.openItems)) continue;
    known.add(rejection.openItems);
    changes.say({ action: 'reject', transaction: to, items: rejection.openItems });
    changes.write((record) => {
      const id = store.lastRejectionId() + 1n;
      store.insertRejection({ ...rejection, id, transactionId: to, noteSealedId: null, record });
    });
  }
  return known;
}

/** The money stands in In-transit again: the entry that cleared it is reversed by name. */
function unclear({ context, changes }: Changing, payment: TransactionTold, clearing: JournalEntry): void {
  const { currency, moneyMinor } = factsOf(payment);
  context.payments.addTransit(payment.id, moneyMinor);
  changes.post(
    roleEntry(context, {
      effectiveDate: effectiveDate(clearing.effectiveDate, context.ledger.closedThrough()),
      currency,
      matchId: payment.id,
      sourceKind: 'bank-transaction',
      reason: 'instant.unclear',
      postings: opposite(clearingPostings(moneyMinor)),
      reverses: idFromText(clearing.id)!,
    }),
  );
}

function decidePayment(
  { context: { store }, changes }: Changing,
  payment: TransactionTold,
  rejected: ReadonlySet<string | null>,
  decide: Decide,
): void {
  if (!rejected.has(null)) {
    decide(payment, rejected as ReadonlySet<string>);
    return;
  }
  changes.say({ action: 'unmatched', transaction: payment.id, suggestions: 0, sets: [] });
  changes.write(() =>
    store.putState({
      ...undecided(factsOf(payment)),
      decidedBy: 'person',
      evidence: JSON.stringify([{ code: 'rejected', weight: 0 }]),
    }),
  );
}
