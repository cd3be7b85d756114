import type { RenderedLine } from '../../../contract/approvals.ts';
import { writeQuote } from '../../../contract/rates.ts';
import type { reconciliation as reconciliationContract } from '../../../contract/reconciliation.ts';
import type { Act } from '../../approvals/index.ts';
import type { Reconciliation } from '../../reconciliation/index.ts';
import type { InputOf } from './input.ts';
import { amount, attempt, line, rendered, told } from './lines.ts';

type Undo = InputOf<typeof reconciliationContract.undo>;
type Item = ReturnType<Reconciliation['item']>;

const itemOf = (reconciliation: Reconciliation, input: unknown) =>
  attempt(() => reconciliation.item((input as Undo).bankTransactionId));

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
const takeBack = (reconciliation: Reconciliation, title: string, after: string): Act => ({
  isGoverned: (input) => itemOf(reconciliation, input).value?.match?.cleared === true,
  facts(input) {
    const transaction = itemOf(reconciliation, input).value?.transaction;
    if (transaction === undefined) return { amounts: [], count: 1 };
    const { amountMinor, currency } = transaction;
    return { amounts: [{ amountMinor: amountMinor < 0n ? -amountMinor : amountMinor, currency }], count: 1 };
  },
  render(input) {
    const { bankTransactionId, note } = input as Undo;
    const { value: item, refusal } = itemOf(reconciliation, input);
    if (item === undefined) {
      return rendered({ title, lines: [told('Bank transaction', bankTransactionId)], obstacle: refusal });
    }
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
        { label: 'Bank transaction', to: `/transactions/${bankTransactionId}` },
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

/** Matches that people take back. */
export const matchingActs = ({
  reconciliation,
}: {
  readonly reconciliation: Reconciliation;
}): Readonly<Record<string, Act>> => ({
  'reconciliation.undo': takeBack(
    reconciliation,
    'Undo a cleared match',
    'undone, corrected in the open period',
  ),
  'reconciliation.reject': takeBack(
    reconciliation,
    'Reject a cleared match of the machine',
    'rejected, corrected in the open period',
  ),
});
