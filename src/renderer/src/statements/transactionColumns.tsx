import type { TransactionRow } from '../../../contract/statements.ts';
import { type Column, DateCell, Money, StatusTag } from '../kit/index.ts';
import { t } from './messages.ts';

/** The state of a line: its match where it was booked, else why it does not post. */
export function LineState({ row }: { readonly row: Pick<TransactionRow, 'booking' | 'status'> }) {
  if (row.booking === 'booked') return <StatusTag status={row.status} />;
  return <StatusTag status="pending" label={t(`lines.booking.${row.booking}`)} />;
}

/** The columns of a list of bank transactions. */
export const transactionColumns: readonly Column<TransactionRow>[] = [
  {
    id: 'date',
    header: () => t('lines.date'),
    width: 92,
    cell: (row) => <DateCell date={row.bookingDate} />,
    sort: (row) => row.bookingDate,
  },
  {
    id: 'value',
    header: () => t('lines.value'),
    width: 92,
    cell: (row) => <DateCell date={row.valueDate} />,
    sort: (row) => row.valueDate ?? '',
  },
  {
    id: 'counterparty',
    header: () => t('lines.counterparty'),
    width: 180,
    grow: 2,
    cell: (row) => row.counterparty ?? <span className="cs-muted">{t('lines.unnamed')}</span>,
    title: (row) => row.counterparty ?? undefined,
    sort: (row) => row.counterparty ?? '',
  },
  {
    id: 'remittance',
    header: () => t('lines.remittance'),
    width: 180,
    grow: 3,
    cell: (row) => row.remittance ?? <span className="cs-muted">–</span>,
    title: (row) => row.remittance ?? undefined,
  },
  {
    id: 'amount',
    header: () => t('lines.amount'),
    width: 208,
    align: 'end',
    cell: (row) => (
      <>
        {row.reversal && <span className="cs-note">{t('lines.reversal')}</span>}
        <Money amountMinor={row.amountMinor} currency={row.currency} direction={row.direction} />
      </>
    ),
    sort: (row) => (row.direction === 'debit' ? -row.amountMinor : row.amountMinor),
  },
  {
    id: 'status',
    header: () => t('lines.status'),
    width: 116,
    cell: (row) => <LineState row={row} />,
    sort: (row) => row.status,
  },
];
