/** A person says which line of a statement is a payment, where the bank lost all that would tell. */
import type { MatchStatus } from '../../contract/statements.ts';
import { CountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import type { InstantContext } from './context.ts';
import { joinLine } from './joining.ts';
import { candidateLines } from './known.ts';
import type { PaymentRow } from './store.ts';

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

function openPayment({ store }: InstantContext, id: string): PaymentRow {
  const told = /^\d{1,18}$/.test(id) ? store.payment(BigInt(id)) : undefined;
  const payment = told?.joinedTo == null ? told : store.payment(told.joinedTo);
  if (payment === undefined)
    throw new CountersignError('INSTANT_PAYMENT_UNKNOWN', 'There is no such instant payment.');
  if (payment.lineId === null) return payment;
  throw new CountersignError('INSTANT_CONFIRMED', 'A line of a statement has confirmed the payment already.');
}
