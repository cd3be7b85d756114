import { Button } from '@blueprintjs/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ComponentProps, useDeferredValue, useEffect, useRef, useState } from 'react';
import type { QueueRow } from '../../../contract/reconciliation.ts';
import type { MatchStatus } from '../../../contract/statements.ts';
import { runMatching } from '../app/commands.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  DateCell,
  Deck,
  EmptyState,
  engineWords,
  FilterTabs,
  Money,
  Page,
  PlaceLink,
  StatusTag,
  undoLatest,
  useKeys,
  usePages,
  writeProbability,
} from '../kit/index.ts';
import { AllocateDialog } from './AllocateDialog.tsx';
import { Decision } from './Decision.tsx';
import { Evidence, TAB_KEYS, TABS, type Tab } from './Evidence.tsx';
import { Item } from './Item.tsx';
import { t } from './messages.ts';
import { useDecisions } from './useDecisions.ts';
import './reconciliation.css';

const FILTERS = ['all', 'suggested', 'unmatched', 'auto', 'confirmed', 'quarantined'] as const;
type Filter = (typeof FILTERS)[number];

/** Somebody who runs down the queue is not asked what he runs past. */
const PREFETCH_PAUSE_MS = 40;

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
const COLUMNS_OF_ALL = columnsFor(true);
const COLUMNS_OF_ONE_KIND = columnsFor(false);

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

/** The neighbours of the line are fetched while it is looked at, so that `j` and `k` show them at once. */
function usePrefetchedItems(ids: readonly (string | undefined)[]): void {
  const cache = useQueryClient();
  const wanted = ids.filter((id) => id !== undefined).join(' ');
  useEffect(() => {
    if (wanted === '') return;
    const timer = setTimeout(() => {
      for (const bankTransactionId of wanted.split(' '))
        void cache.prefetchQuery(orpc.reconciliation.item.queryOptions({ input: { bankTransactionId } }));
    }, PREFETCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted, cache]);
}

/** A button that goes away with its line takes the focus with it; the queue takes it back. */
function useKeptFocus(activeId: string | undefined, isShown: boolean, inDialog: boolean) {
  const desk = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const focused = document.activeElement;
    if (inDialog || (focused !== null && focused !== document.body)) return;
    desk.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  }, [activeId, isShown, inDialog]);
  return desk;
}

export interface WorkbenchProps {
  readonly status: MatchStatus | undefined;
  readonly item: string | undefined;
  readonly text: string | undefined;
}

type Allocating = Pick<ComponentProps<typeof AllocateDialog>, 'data' | 'suggestion'>;

/** The desk: the queue on the left; the line, why it matches, and the decision on the right. */
export function Workbench({ status, item, text = '' }: WorkbenchProps) {
  const router = useRouter();
  const [chosen, setChosen] = useState(0);
  /** What is allocated by hand, as it stood then: the queue may move below the dialog. */
  const [allocating, setAllocating] = useState<Allocating | null>(null);
  const [tab, setTab] = useState<Tab>('why');
  const counts = useQuery(orpc.reconciliation.counts.queryOptions());
  const wanted = useDeferredValue(text.trim());
  const rows = usePages(orpc.reconciliation.queue, {
    ...(status === undefined ? {} : { status }),
    ...(wanted === '' ? {} : { text: wanted }),
  });
  const activeId = item ?? rows.rows[0]?.id;
  const detail = useQuery({
    ...orpc.reconciliation.item.queryOptions({ input: { bankTransactionId: activeId ?? '' } }),
    enabled: activeId !== undefined,
  });
  const show = (next: { status?: MatchStatus | undefined; item?: string | undefined; text?: string }) => {
    const query = { status, item, text, ...next };
    router.history.replace(
      places.reconciliation({
        ...(query.status === undefined ? {} : { status: query.status }),
        ...(query.item === undefined ? {} : { item: query.item }),
        ...(query.text === '' ? {} : { text: query.text }),
      }),
    );
  };
  const moveTo = (id: string | undefined) => {
    setChosen(0);
    show({ item: id });
  };
  const decisions = useDecisions();
  const data = detail.data?.transaction.id === activeId ? detail.data : undefined;
  const suggestion = data?.match ? undefined : data?.suggestions[chosen];

  /** A decision moves on at once; what was decided can be taken back for ten seconds. */
  const index = rows.rows.findIndex((row) => row.id === activeId);
  const moveOn = () => moveTo((rows.rows[index + 1] ?? rows.rows[index - 1])?.id);
  usePrefetchedItems([1, 2, -1].map((step) => rows.rows[index + step]?.id));
  const decide = (act: (id: string, suggestionId: string, onRefused: () => void) => void) => {
    if (!data || !suggestion) return false;
    const { id } = data.transaction;
    act(id, suggestion.id, () => moveTo(id));
    moveOn();
    return true;
  };
  const confirm = () =>
    decide((bankTransactionId, suggestionId, onRefused) =>
      decisions.confirm({ bankTransactionId, suggestionId }, onRefused),
    );
  const reject = () =>
    decide((bankTransactionId, suggestionId, onRefused) =>
      decisions.reject({ bankTransactionId, suggestionId }, onRefused),
    );
  const undo = () => {
    if (undoLatest()) return true;
    if (!data?.match) return false;
    decisions.undo({ bankTransactionId: data.transaction.id });
    return true;
  };
  const allocate = () => {
    if (!data || data.match) return false;
    setAllocating({ data, suggestion });
    return true;
  };
  const next = () => setChosen((chosen + 1) % Math.max(1, data?.suggestions.length ?? 1));
  const filterBy = (value: Filter) => show({ status: value === 'all' ? undefined : value, item: undefined });
  const desk = useKeptFocus(activeId, data !== undefined, allocating !== null);
  useKeys(t('keys.group'), [
    { combo: 'Enter', label: t('keys.confirm'), run: confirm },
    { combo: 'r', label: t('keys.reject'), run: reject },
    { combo: 'e', label: t('keys.edit'), run: allocate },
    { combo: 's', label: t('keys.edit'), run: allocate, hidden: true },
    { combo: 'u', label: t('keys.undo'), run: undo },
    { combo: 'n', label: t('keys.next'), run: next },
    {
      combo: 'o',
      label: t('keys.open'),
      disabled: activeId === undefined,
      run: () => router.history.push(places.transaction(activeId!)),
    },
    ...TABS.map((value) => ({
      combo: TAB_KEYS[value],
      label: t(`keys.tab.${value}`),
      disabled: data === undefined,
      run: () => setTab(value),
    })),
    ...FILTERS.map((value, index) => ({
      combo: String(index + 1),
      label: t('keys.filter', { filter: t(`filter.${value}`) }),
      run: () => filterBy(value),
    })),
  ]);

  const filters = FILTERS.map((value) => ({
    value,
    label: t(`filter.${value}`),
    count: counts.data?.[value],
  }));
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <FilterTabs<Filter>
            label={t('filter.label')}
            options={filters}
            value={status ?? 'all'}
            onChange={filterBy}
          />
          <Button size="small" onClick={() => void runMatching()}>
            {t('run.act')}
          </Button>
        </>
      }
    >
      <div className="cs-desk" ref={desk}>
        <Deck
          name={t('title')}
          initialPercent={58}
          queue={
            <DataTable
              label={t('queue.label')}
              columns={status === undefined ? COLUMNS_OF_ALL : COLUMNS_OF_ONE_KIND}
              rows={rows}
              rowKey={(row) => row.id}
              activeKey={activeId ?? null}
              onActive={(row) => moveTo(row.id)}
              onOpen={() => void confirm()}
              filter={{
                text,
                onChange: (typed) => {
                  moveTo(undefined);
                  show({ text: typed, item: undefined });
                },
                label: t('filter.text'),
              }}
              empty={
                <EmptyState
                  title={t('queue.emptyTitle')}
                  text={t('queue.emptyText')}
                  actions={<PlaceLink to={places.importFiles()}>{t('queue.import')}</PlaceLink>}
                />
              }
            />
          }
          item={<Item query={detail} data={data} chosen={chosen} onChoose={setChosen} />}
          evidence={
            data && <Evidence data={data} suggestion={data.match ?? suggestion} tab={tab} onTab={setTab} />
          }
          decision={
            data && (
              <Decision
                data={data}
                canConfirm={suggestion !== undefined}
                onConfirm={() => void confirm()}
                onReject={() => void reject()}
                onAllocate={() => void allocate()}
                onUndo={() => void undo()}
              />
            )
          }
        />
      </div>
      {allocating && (
        <AllocateDialog
          {...allocating}
          onClose={() => setAllocating(null)}
          onConfirm={(input) => {
            setAllocating(null);
            decisions.confirm(input, () => moveTo(input.bankTransactionId));
            moveOn();
          }}
        />
      )}
    </Page>
  );
}
