import type { QueueRow } from '../../../contract/reconciliation.ts';
import { type Column, DateCell, engineWords, Money, StatusTag, writeProbability } from '../kit/index.ts';
import { t } from './messages.ts';

/** Within one kind the state says nothing new, so its column makes room for the reasons. */
const columnsFor = (withStatus: boolean): readonly Column<QueueRow>[] => [
  {
    id: 'date',
    header: () => t('queue.date'),
    width: 94,
    cell: (row) => <DateCell date={row.bookingDate} />,
  },
  {
    id: 'counterparty',
    header: () => t('queue.counterparty'),
    width: 130,
    grow: 3,
    cell: (row) => row.counterparty ?? <span className="cs-muted">{t('queue.unnamed')}</span>,
    title: (row) => row.counterparty ?? undefined,
  },
  {
    id: 'amount',
    header: () => t('queue.amount'),
    width: 172,
    align: 'end',
    cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} direction={row.direction} />,
  },
  {
    id: 'why',
    header: () => t('queue.why'),
    width: 100,
    grow: 3,
    cell: (row) => <Why row={row} withProbability={!withStatus} />,
    title: (row) =>
      [row.probability?.toFixed(3), row.reason && engineWords(row.reason), row.invoiceNumbers.join(', ')]
        .filter(Boolean)
        .join(' · ') || undefined,
  },
  ...(withStatus
    ? [
        {
          id: 'status',
          header: () => t('queue.status'),
          width: 116,
          cell: (row: QueueRow) => <StatusTag status={row.status} />,
        },
      ]
    : []),
];

// Made once each: a table whose columns are new on every step sorts itself anew on every step.
export const COLUMNS_OF_ALL = columnsFor(true);
export const COLUMNS_OF_ONE_KIND = columnsFor(false);

function Why({ row, withProbability }: { readonly row: QueueRow; readonly withProbability: boolean }) {
  if (row.reason === null) return <span className="cs-muted">–</span>;
  return (
    <>
      {withProbability && row.probability !== null && (
        <span className="cs-muted">{writeProbability(row.probability)} </span>
      )}
      {engineWords(row.reason)}
    </>
  );
}
