import type { RenderedLine } from '../../../contract/approvals.ts';
import type { instant as instantContract } from '../../../contract/instant.ts';
import { writeQuote } from '../../../contract/rates.ts';
import type { reconciliation as reconciliationContract } from '../../../contract/reconciliation.ts';
import type { Act } from '../../approvals/index.ts';
import type { Instant } from '../../instant/index.ts';
import type { Reconciliation } from '../../reconciliation/index.ts';
import type { InputOf } from './input.ts';
import { amount, attempt, line, rendered, told } from './lines.ts';

type Undo = InputOf<typeof reconciliationContract.undo>;
type UndoLine = InputOf<typeof instantContract.undo>;
type Item = ReturnType<Reconciliation['item']>;

/** What becomes of each open item that the match settles; whose it is stands behind its source. */
const itemLines = ({ match }: Item): RenderedLine[] =>
  (match?.allocations ?? []).map(({ invoiceNumber, openMinor, allocatedMinor, currency }) =>
    line(
      `Open of ${invoiceNumber}`,
      amount(openMinor, currency),
      amount(openMinor + allocatedMinor, currency),
    ),
  );

/** What the match uses of the money, and at which rate, where its items are of another currency. */
const exchangeLines = ({ match, transaction }: Item): RenderedLine[] => {
  if (!match?.exchange) return [];
  const { moneyMinor, currency } = match.exchange;
  const used = amount(moneyMinor, transaction.currency);
  return [
    told('Uses of the money', `${used} · ${writeQuote(match.exchange, [currency, transaction.currency])}`),
  ];
};

/** Taking back a match. Governed where the match is cleared: an open period is put right by one person. */
const takeBack = (itemOf: (input: unknown) => Item, title: string, after: string): Act => ({
  isGoverned: (input) => attempt(() => itemOf(input)).value?.match?.cleared === true,
  facts(input) {
    const transaction = attempt(() => itemOf(input)).value?.transaction;
    if (transaction === undefined) return { amounts: [], count: 1 };
    const { amountMinor, currency } = transaction;
    return { amounts: [{ amountMinor: amountMinor < 0n ? -amountMinor : amountMinor, currency }], count: 1 };
  },
  render(input) {
    const { note } = input as Undo;
    const { value: item, refusal } = attempt(() => itemOf(input));
    if (item === undefined) return rendered({ title, lines: [], obstacle: refusal });
    const { transaction, match } = item;
    return rendered({
      title,
      lines: [
        told(
          'Bank transaction',
          `${transaction.bookingDate} · ${amount(transaction.amountMinor, transaction.currency)}`,
        ),
        line('Match', match === null ? 'none' : `${transaction.status}, in a closed period`, after),
        ...itemLines(item),
        ...exchangeLines(item),
        ...(note === undefined ? [] : [told('Note', note)]),
      ],
      sources: [
        { label: 'Bank transaction', to: `/transactions/${transaction.id}` },
        ...(match === null
          ? []
          : match.allocations.map(({ openItemId, invoiceNumber }) => ({
              label: invoiceNumber,
              to: `/receivables/items/${openItemId}`,
            }))),
      ],
      obstacle: match === null ? 'No match of this transaction stands any more.' : null,
    });
  },
});

/** Matches that people take back, of a line or with the line of a payment. */
export function matchingActs({
  reconciliation,
  instant,
}: {
  readonly reconciliation: Reconciliation;
  readonly instant: Instant;
}): Readonly<Record<string, Act>> {
  const itemOf = (input: unknown) => reconciliation.item((input as Undo).bankTransactionId);
  const itemOfPayment = (input: unknown) => {
    const { payment } = instant.payment((input as UndoLine).paymentId);
    return reconciliation.item(payment.lineId ?? payment.id);
  };
  return {
    'reconciliation.undo': takeBack(itemOf, 'Undo a cleared match', 'undone, corrected in the open period'),
    'reconciliation.reject': takeBack(
      itemOf,
      'Reject a cleared match of the machine',
      'rejected, corrected in the open period',
    ),
    'instant.undo': takeBack(
      itemOfPayment,
      'Part an instant payment from its cleared line',
      "the payment's again, in transit in the open period",
    ),
  };
}
