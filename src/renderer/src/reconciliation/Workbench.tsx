import { Button } from '@blueprintjs/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ComponentProps, useDeferredValue, useEffect, useState } from 'react';
import { type MatchStatus, matchStatus } from '../../../contract/statements.ts';
import { runMatching } from '../app/commands.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  DataTable,
  Deck,
  EmptyState,
  FilterTabs,
  notify,
  Page,
  PlaceLink,
  undoLatest,
  useDesk,
  useKeys,
  useMarks,
  usePages,
} from '../kit/index.ts';
import { SavedViews } from '../views/index.ts';
import { AllocateDialog } from './AllocateDialog.tsx';
import { CombineDialog } from './CombineDialog.tsx';
import { COLUMNS_OF_ALL, COLUMNS_OF_ONE_KIND } from './columns.tsx';
import { Decision } from './Decision.tsx';
import { Evidence, TAB_KEYS, TABS, type Tab } from './Evidence.tsx';
import { Item } from './Item.tsx';
import { ManyDialog } from './ManyDialog.tsx';
import { Marked } from './Marked.tsx';
import { type ManyAct, whyNotCombined } from './marking.ts';
import { t } from './messages.ts';
import { type QueueFilter, QueueFilters, queueInput } from './QueueFilters.tsx';
import { useDecisions } from './useDecisions.ts';
import './reconciliation.css';

const FILTERS = ['all', 'suggested', 'unmatched', 'auto', 'confirmed', 'quarantined'] as const;
type Filter = (typeof FILTERS)[number];

/** Somebody who runs down the queue is not asked what he runs past. */
const PREFETCH_PAUSE_MS = 40;

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

const NO_FILTER = { text: '', direction: undefined, currency: undefined, least: undefined };

export interface WorkbenchProps extends QueueFilter {
  readonly status: MatchStatus | undefined;
  readonly item: string | undefined;
  readonly text: string | undefined;
}

type Allocating = Pick<ComponentProps<typeof AllocateDialog>, 'data' | 'suggestion'>;

/** The desk: the queue on the left; the line, why it matches, and the decision on the right. */
export function Workbench({ status, item, text = '', direction, currency, least }: WorkbenchProps) {
  const router = useRouter();
  const [chosen, setChosen] = useState(0);
  const [open, setOpen] = useState<'combine' | 'narrow' | ManyAct | null>(null);
  const [marked, setMarked] = useMarks({ status, text, direction, currency, least });
  /** What is allocated by hand, as it stood then: the queue may move below the dialog. */
  const [allocating, setAllocating] = useState<Allocating | null>(null);
  const [tab, setTab] = useState<Tab>('why');
  const counts = useQuery(orpc.reconciliation.counts.queryOptions());
  const wanted = useDeferredValue(text.trim());
  const rows = usePages(orpc.reconciliation.queue, {
    ...(status === undefined ? {} : { status }),
    ...(wanted === '' ? {} : { text: wanted }),
    ...queueInput({ direction, currency, least }),
  });
  const activeId = item ?? rows.rows[0]?.id;
  const detail = useQuery({
    ...orpc.reconciliation.item.queryOptions({ input: { bankTransactionId: activeId ?? '' } }),
    enabled: activeId !== undefined,
  });
  const show = (next: Partial<WorkbenchProps>) => {
    const query = { status, item, text, direction, currency, least, ...next };
    router.history.replace(places.reconciliation({ ...query, text: query.text || undefined }));
  };
  const showOther = (next: Partial<WorkbenchProps>) => {
    setChosen(0);
    show({ item: undefined, ...next });
  };
  const markedRows = rows.rows.filter(({ id }) => marked.has(id));
  const hasMarks = markedRows.length > 0;
  const unmark = (ids: readonly string[]) =>
    setMarked(new Set([...marked].filter((id) => !ids.includes(id))));
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
  const many = (act: ManyAct) => {
    if (hasMarks) setOpen(act);
    return hasMarks;
  };
  const combineMarked = () => {
    const why = whyNotCombined(markedRows);
    if (why === null) setOpen('combine');
    else notify({ text: t(`combine.${why}`) });
  };
  const decide = (act: (id: string, suggestionId: string, onRefused: () => void) => void) => {
    if (!data || !suggestion) return false;
    const { id } = data.transaction;
    act(id, suggestion.id, () => moveTo(id));
    moveOn();
    return true;
  };
  const confirm = () =>
    many('confirm') ||
    decide((bankTransactionId, suggestionId, onRefused) =>
      decisions.confirm({ bankTransactionId, suggestionId }, onRefused),
    );
  const reject = () =>
    many('reject') ||
    decide((bankTransactionId, suggestionId, onRefused) =>
      decisions.reject({ bankTransactionId, suggestionId }, onRefused),
    );
  const undo = () => {
    if (many('undo') || undoLatest()) return true;
    if (!data?.match) return false;
    decisions.undo({ bankTransactionId: data.transaction.id });
    return true;
  };
  const allocate = () => {
    if (!data || data.match || hasMarks) return false;
    setAllocating({ data, suggestion });
    return true;
  };
  const next = () => setChosen((chosen + 1) % Math.max(1, data?.suggestions.length ?? 1));
  const filterBy = (value: Filter) => showOther({ status: value === 'all' ? undefined : value });
  const filters = {
    ...(status === undefined ? {} : { status }),
    ...(text === '' ? {} : { text }),
    ...(direction === undefined ? {} : { direction }),
    ...(currency === undefined ? {} : { currency }),
    ...(least === undefined ? {} : { least }),
  };
  const close = () => setOpen(null);
  const desk = useDesk(activeId, {
    isShown: data !== undefined,
    inDialog: open !== null || allocating !== null,
  });
  useKeys(t('keys.group'), [
    { combo: 'Enter', label: t('keys.confirm'), run: confirm },
    { combo: 'r', label: t('keys.reject'), run: reject },
    { combo: 'e', label: t('keys.edit'), run: allocate },
    { combo: 's', label: t('keys.edit'), run: allocate, hidden: true },
    { combo: 'u', label: t('keys.undo'), run: undo },
    { combo: 'n', label: t('keys.next'), run: next },
    {
      combo: 'mod+a',
      label: t('keys.all'),
      run: () => setMarked(new Set(rows.rows.map(({ id }) => id))),
    },
    { combo: 'c', label: t('keys.combine'), run: combineMarked },
    { combo: 'Escape', label: t('keys.clear'), disabled: !hasMarks, run: () => setMarked(new Set()) },
    { combo: 'f', label: t('keys.narrow'), run: () => setOpen('narrow') },
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

  const kinds = FILTERS.map((value) => ({
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
            options={kinds}
            value={status ?? 'all'}
            onChange={filterBy}
          />
          <SavedViews
            screen="reconciliation"
            filters={filters}
            onOpen={(kept) =>
              showOther({ ...NO_FILTER, ...kept, status: matchStatus.safeParse(kept.status).data })
            }
          />
          <Button size="small" onClick={() => void runMatching()}>
            {t('run.act')}
          </Button>
        </>
      }
    >
      <div className="cs-desk" ref={desk.ref}>
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
              selected={marked}
              onSelect={setMarked}
              filter={{ text, onChange: (typed) => showOther({ text: typed }), label: t('filter.text') }}
              toolbar={
                <QueueFilters
                  filter={{ direction, currency, least }}
                  isOpen={open === 'narrow'}
                  onOpen={(isOpen) => setOpen(isOpen ? 'narrow' : null)}
                  onChange={(next) => showOther({ ...NO_FILTER, text, ...next })}
                />
              }
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
            hasMarks ? (
              <Marked
                rows={markedRows}
                onAct={many}
                onCombine={combineMarked}
                onClear={() => setMarked(new Set())}
              />
            ) : (
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
      {(open === 'confirm' || open === 'reject' || open === 'undo') && (
        <ManyDialog act={open} rows={markedRows} onClose={close} onDone={unmark} />
      )}
      {open === 'combine' && <CombineDialog rows={markedRows} onClose={close} onDone={unmark} />}
    </Page>
  );
}
