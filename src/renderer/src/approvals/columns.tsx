import type { ApprovalLine } from '../../../contract/approvals.ts';
import type { Column } from '../kit/index.ts';
import { t } from './messages.ts';
import { Amounts, kindWords, makerWords, State, TimeLeft, titleOf } from './parts.tsx';

const whatColumn: Column<ApprovalLine> = {
  id: 'what',
  header: () => t('list.what'),
  width: 120,
  grow: 1,
  cell: titleOf,
  title: (row) => `${kindWords(row.procedure)}: ${titleOf(row)}`,
  sort: titleOf,
};

const amountColumn: Column<ApprovalLine> = {
  id: 'amount',
  header: () => t('list.amount'),
  width: 142,
  align: 'end',
  cell: ({ amounts }) => <Amounts amounts={amounts} />,
  sort: ({ amounts }) => amounts[0]?.amountMinor ?? 0n,
};

const makerColumn: Column<ApprovalLine> = {
  id: 'maker',
  header: () => t('list.maker'),
  width: 88,
  cell: (row) => (row.mine === 'made' ? <em>{t('list.you')}</em> : makerWords(row)),
  title: makerWords,
  sort: makerWords,
};

/** The queue: an open request shows its clock, a decided one what became of it. */
export const columns: readonly Column<ApprovalLine>[] = [
  {
    id: 'state',
    header: () => t('list.state'),
    width: 92,
    cell: (row) => (row.state === 'pending' ? <TimeLeft of={row} /> : <State state={row.state} />),
    // What runs out first stands first; what is decided, after it, the newest first.
    sort: (row) =>
      row.state === 'pending' ? row.expiresAtMs : Number.MAX_SAFE_INTEGER - (row.decidedAtMs ?? 0),
  },
  whatColumn,
  amountColumn,
  makerColumn,
  {
    id: 'agreed',
    header: () => t('list.agreed'),
    width: 60,
    align: 'end',
    cell: ({ agreed, quorum }) => t('list.votes', { agreed, quorum }),
    sort: ({ agreed, quorum }) => quorum - agreed,
  },
];

/** What is answered together is listed without what is the same for all of them. */
export const bulkColumns: readonly Column<ApprovalLine>[] = [whatColumn, amountColumn, makerColumn];
