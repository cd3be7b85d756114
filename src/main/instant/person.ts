/** A person says which line of a statement is a payment, where the bank lost all that would tell, or which is not. */
import type { JournalEntry } from '../../contract/ledger.ts';
import type { MatchStatus } from '../../contract/statements.ts';
import { CountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { mergeContents } from '../reconciliation/index.ts';
import type { InstantContext } from './context.ts';
import { happened, joinLine, told } from './joining.ts';
import { candidateLines } from './known.ts';
import type { PaymentRow } from './store.ts';

/** Entries of one payment that are looked through. */
const MOST_ENTRIES = 50;

export interface LineChoice {
  readonly paymentId: string;
  readonly bankTransactionId: string;
}

/**
 * The line confirms the payment from here on. Errors: INSTANT_PAYMENT_UNKNOWN, INSTANT_CONFIRMED,
 * INSTANT_LINE_UNFIT, INSTANT_DECIDED_APART.
 */
export function confirmByPerson(
  context: InstantContext,
  choice: LineChoice,
  caller: Caller,
): LineChoice & { readonly status: MatchStatus } {
  const { vault, reconciliation, runtime, statements } = context;
  vault.transaction(() => {
    const payment = openPayment(context, choice.paymentId);
    const line = candidateLines(context, payment).find(
      ({ id }) => id.toString() === choice.bankTransactionId,
    );
    if (line === undefined) {
      throw new CountersignError('INSTANT_LINE_UNFIT', 'The line is not one that can be this payment.', {
        path: 'bankTransactionId',
        expected: 'a booked line of the same account and amount, around its day, that names no other payment',
      });
    }
    reconciliation.instant.change(caller, 'instant.confirm', (changes) => {
      if (joinLine({ context, changes, atMs: runtime.nowMs() }, payment, line)) return;
      throw new CountersignError(
        'INSTANT_DECIDED_APART',
        'People have matched the payment and the line apart; undo one of the two first.',
      );
    });
  });
  const { status } = statements.transactionRows([BigInt(choice.bankTransactionId)])[0]!;
  return { ...choice, status };
}

/**
 * The line is not the payment, whoever said so: each stands by itself again, and the machine does not join the two
 * anew. Errors: INSTANT_PAYMENT_UNKNOWN, INSTANT_NOT_CONFIRMED, INSTANT_WENT_BACK, MATCH_CLEARED.
 */
export function undoByPerson(
  context: InstantContext,
  paymentId: string,
  caller: Caller,
  isApproved: boolean,
): LineChoice & { readonly status: MatchStatus } {
  const { vault, reconciliation, runtime, statements, store, book } = context;
  const { id, lineId } = vault.transaction(() => {
    const payment = confirmedPayment(context, paymentId, isApproved);
    const isRejected = store.wasRejectedBefore(payment.id, payment.lineId);
    store.unsetLine(payment.id);
    if (isRejected) store.setRejected(payment.id, true);
    reconciliation.instant.change(caller, 'instant.undo', (changes) => {
      const content = mergeContents(book.contentsOf(payment.id));
      changes.part({
        line: told(book.rowOf(payment.lineId), 0n),
        payment: told({ ...book.rowOf(payment.id), content }, 0n),
        clearing: clearingOf(context, payment.id),
        isRejected,
      });
      changes.write((record) => store.insertParted(payment.id, payment.lineId, record));
      happened({ context, changes, atMs: runtime.nowMs() }, payment.id, 'parted', { lineId: payment.lineId });
    });
    return payment;
  });
  const { status } = statements.transactionRows([id])[0]!;
  return { paymentId: id.toString(), bankTransactionId: lineId.toString(), status };
}

function confirmedPayment(
  context: InstantContext,
  id: string,
  isApproved: boolean,
): PaymentRow & { readonly lineId: bigint } {
  const payment = knownPayment(context, id);
  const { lineId } = payment;
  if (lineId === null)
    throw new CountersignError('INSTANT_NOT_CONFIRMED', 'No line of a statement has confirmed the payment.');
  if (payment.returnedMinor > 0n) {
    throw new CountersignError(
      'INSTANT_WENT_BACK',
      'Money of the payment went back since: what its line is cannot be taken back any more.',
    );
  }
  if (!isApproved && context.reconciliation.item(lineId.toString()).match?.cleared) {
    throw new CountersignError(
      'MATCH_CLEARED',
      'The match lies in a closed period and needs a second person.',
      { expected: 'a match in an open period' },
    );
  }
  return { ...payment, lineId };
}

/** The entry by which the line has cleared the money of a payment; the last one, where people changed their minds. */
function clearingOf({ ledger, store }: InstantContext, paymentId: bigint): JournalEntry | undefined {
  return [paymentId, ...store.joinedTo(paymentId)]
    .flatMap((id) => {
      const source = { kind: 'bank-transaction', id: id.toString() };
      return ledger.entries({ source, limit: MOST_ENTRIES }).rows;
    })
    .filter(({ reason, reversedBy }) => reason === 'instant.clear' && reversedBy === null)
    .sort((left, right) => Number(right.record - left.record))[0];
}

/** Errors: INSTANT_PAYMENT_UNKNOWN. */
function knownPayment({ store }: InstantContext, id: string): PaymentRow {
  const found = /^\d{1,18}$/.test(id) ? store.payment(BigInt(id)) : undefined;
  const payment = found?.joinedTo == null ? found : store.payment(found.joinedTo);
  if (payment !== undefined) return payment;
  throw new CountersignError('INSTANT_PAYMENT_UNKNOWN', 'There is no such instant payment.');
}

function openPayment(context: InstantContext, id: string): PaymentRow {
  const payment = knownPayment(context, id);
  if (payment.lineId === null) return payment;
  throw new CountersignError('INSTANT_CONFIRMED', 'A line of a statement has confirmed the payment already.');
}
