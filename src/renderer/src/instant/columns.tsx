import type { InstantPaymentRow, InstantState } from '../../../contract/instant.ts';
import {
  type Column,
  Money,
  RelativeTime,
  StatusTag,
  useNow,
  writeExactTime,
  writeRelative,
} from '../kit/index.ts';
import { Revealed } from '../privacy/reveal.tsx';
import { t } from './messages.ts';
import { railWord, shapeOf, stateWord } from './words.ts';

export function State({ row }: { readonly row: Pick<InstantPaymentRow, 'state'> }) {
  return <StatusTag status={shapeOf[row.state]} label={stateWord(row.state)} />;
}

/** By when a statement should confirm it, counted down and then up; nothing where none is waited for. */
export function Due({ row }: { readonly row: Pick<InstantPaymentRow, 'dueAtMs' | 'transitMinor'> }) {
  const nowMs = useNow();
  if (row.transitMinor === 0n) return <span className="cs-muted">–</span>;
  const { dueAtMs } = row;
  return (
    <time
      className={dueAtMs < nowMs ? 'cs-deadline cs-deadline--past' : 'cs-deadline'}
      dateTime={new Date(dueAtMs).toISOString()}
      title={writeExactTime(dueAtMs)}
    >
      {writeRelative(dueAtMs, nowMs)}
    </time>
  );
}

export const columns: readonly Column<InstantPaymentRow>[] = [
  { id: 'state', header: () => t('list.state'), width: 116, cell: (row) => <State row={row} /> },
  {
    id: 'rail',
    header: () => t('list.rail'),
    width: 112,
    grow: 1,
    cell: (row) => railWord(row.rail),
    title: (row) => railWord(row.rail),
  },
  {
    id: 'party',
    header: () => t('list.party'),
    width: 96,
    grow: 4,
    cell: (row) => (
      <Revealed kind="bank-transaction" id={row.id} of={row}>
        {({ counterparty }) => counterparty ?? <span className="cs-muted">{t('list.unnamed')}</span>}
      </Revealed>
    ),
    title: (row) => row.counterparty ?? undefined,
  },
  {
    id: 'amount',
    header: () => t('list.amount'),
    width: 164,
    align: 'end',
    cell: (row) => <Money amountMinor={row.amountMinor} currency={row.currency} direction={row.direction} />,
  },
  {
    id: 'age',
    header: () => t('list.age'),
    width: 100,
    align: 'end',
    cell: (row) => <RelativeTime atMs={row.receivedAtMs} />,
  },
  { id: 'due', header: () => t('list.due'), width: 92, align: 'end', cell: (row) => <Due row={row} /> },
];

/** Where the list is narrowed to a state every row is of it; of what is settled no statement is due. */
const WAITED_FOR: readonly (InstantState | undefined)[] = [
  undefined,
  'pre-posted',
  'overdue',
  'recalled',
  'returned',
];
export const columnsOf = (state: InstantState | undefined): readonly Column<InstantPaymentRow>[] =>
  columns.filter(
    ({ id }) => (id !== 'state' || state === undefined) && (id !== 'due' || WAITED_FOR.includes(state)),
  );
