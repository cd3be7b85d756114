import type { BreakRow } from '../../../contract/breaks.ts';
import { type Column, Iban, Money, StatusTag, writeIban } from '../kit/index.ts';
import { t } from './messages.ts';
import { kindWord, reasonWord, statusWord } from './words.ts';

/** The tone of a status, by the names that the kit gives its tags. */
export const toneOf = ({ status, causeGone }: Pick<BreakRow, 'status' | 'causeGone'>): string => {
  if (causeGone) return 'critical';
  const tones = {
    open: 'unmatched',
    'in-work': 'suggested',
    explained: 'confirmed',
    'written-off': 'voided',
  };
  return status === 'closed' ? 'resolved' : tones[status];
};

export function Status({ row }: { readonly row: Pick<BreakRow, 'status' | 'causeGone'> }) {
  return row.causeGone ? (
    <span title={t('list.takeBackTitle')}>
      <StatusTag status={toneOf(row)} label={t('list.takeBack')} />
    </span>
  ) : (
    <StatusTag status={toneOf(row)} label={statusWord(row.status)} />
  );
}

const otherSide = (row: BreakRow) => row.counterparty;

const shared: readonly Column<BreakRow>[] = [
  {
    id: 'kind',
    header: () => t('list.kind'),
    width: 128,
    cell: (row) => kindWord(row.kind),
    title: (row) => `${kindWord(row.kind)} ${row.id}`,
  },
  {
    id: 'party',
    header: () => t('list.party'),
    width: 110,
    grow: 2,
    cell: (row) =>
      otherSide(row) ?? (row.accountNumber === null ? '–' : <Iban account={row.accountNumber} masked />),
    title: (row) =>
      [otherSide(row), row.accountNumber && writeIban(row.accountNumber)].filter(Boolean).join(' · '),
  },
  {
    id: 'amount',
    header: () => t('list.amount'),
    width: 152,
    align: 'end',
    cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} />,
  },
  {
    id: 'age',
    header: () => t('list.age'),
    width: 66,
    align: 'end',
    cell: (row) => t('list.days', { count: row.ageDays }),
    title: (row) => t('list.since', { date: row.sinceDate }),
  },
  {
    id: 'reason',
    header: () => t('list.reason'),
    width: 84,
    grow: 1,
    cell: (row) => (row.reason === null ? <span className="cs-muted">–</span> : reasonWord(row.reason)),
    title: (row) => (row.reason === null ? undefined : reasonWord(row.reason)),
  },
];

const owner: Column<BreakRow> = {
  id: 'owner',
  header: () => t('list.owner'),
  width: 90,
  grow: 1,
  cell: (row) =>
    row.owner === null ? <span className="cs-muted">{t('list.nobody')}</span> : (row.ownerName ?? row.owner),
  title: (row) => row.ownerName ?? undefined,
};

const status: Column<BreakRow> = {
  id: 'status',
  header: () => t('list.status'),
  width: 108,
  cell: (row) => <Status row={row} />,
};

/** Of what is to do, the hand says whether it is open or in work; of what is over, the status says how. */
export const COLUMNS_TO_DO: readonly Column<BreakRow>[] = [...shared, owner];
export const COLUMNS_OF_ALL: readonly Column<BreakRow>[] = [...shared, status];
